# Touchstone as a service: x86-64, CPU only, no root, nothing fetched at run time.
#
#   docker build -t touchstone .
#   docker run -p 8000:8000 -v touchstone:/var/lib/touchstone touchstone
#
# Where pip needs settings of its own, hand them in for the length of the build; they stay out of
# every layer:   docker build --secret id=pip,src=$HOME/.config/pip/pip.conf -t touchstone .

FROM python:3.11-slim-bookworm AS build

# One path in both stages: a virtual environment cannot be moved.
RUN python -m venv /opt/venv
# The environment's python and touchstone come before the base image's.
ENV PATH=/opt/venv/bin:$PATH

WORKDIR /src
# Dependencies before code: a change of code then leaves this layer, the slow one, as it was.
COPY pyproject.toml README.md LICENSE ./
RUN --mount=type=cache,target=/root/.cache/pip \
    --mount=type=secret,id=pip,target=/etc/pip.conf \
    pip install '.[postgres,s3,tracing]'
COPY app/ app/
COPY index/ index/
COPY models/ models/
RUN --mount=type=cache,target=/root/.cache/pip \
    --mount=type=secret,id=pip,target=/etc/pip.conf \
    pip install --no-deps --force-reinstall .

WORKDIR /
# Any command opens the service, and opening it proves the weights and converts the network.
RUN TOUCHSTONE_RUNTIME=openvino TOUCHSTONE_DATA_DIR=/tmp/first touchstone index stats \
    && TOUCHSTONE_RUNTIME=openvino TOUCHSTONE_DATA_DIR=/tmp/first TOUCHSTONE_SPEED=fast \
        touchstone index stats \
    && mkdir -p /opt/touchstone \
    && cp -r /tmp/first/models /opt/touchstone/models

# torch has done its work. Many indexes serve a CUDA build of several gigabytes, and without it the
# image is CPU-only whatever build it was. pip and setuptools have no work left either.
RUN pip freeze \
    | sed -nE 's/^(torch|torchvision|triton|sympy|mpmath|networkx|nvidia-[^ =]+|cuda-[^ =]+)( @|==).*/\1/p' \
    | xargs pip uninstall --yes setuptools pip

# A second data folder, as a container would find it: the build fails if the service misses torch.
COPY docker/with-models /usr/local/bin/
RUN TOUCHSTONE_RUNTIME=openvino TOUCHSTONE_DATA_DIR=/tmp/second \
    with-models /opt/touchstone/models touchstone index stats


FROM python:3.11-slim-bookworm

# jemalloc, because photos are decoded on many threads: glibc keeps the freed pixels of each thread
# in an arena of that thread and hardly gives any back, jemalloc does, also after an index is
# rebuilt. No other library is added: the wheels bring theirs, and OpenCV is the headless build.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libjemalloc2 \
    && rm -rf /var/lib/apt/lists/*
# By its bare name, which the loader finds on any architecture.
ENV LD_PRELOAD=libjemalloc.so.2

# FAISS starts a team of OpenMP threads in every search, and numpy's BLAS one in every product. A
# server searches on many threads already; teams beside each other only wait for the same cores.
# OpenVINO has its own pool: TOUCHSTONE_THREADS sets that one.
ENV OMP_NUM_THREADS=1

# A fixed number, so that the owner of a mounted folder can be set before there is a container.
RUN groupadd --gid 10001 touchstone \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/touchstone \
        --shell /usr/sbin/nologin touchstone \
    && install --directory --owner touchstone --group touchstone /var/lib/touchstone

# Owned by root: the service cannot change its own code or weights.
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/touchstone/models /opt/touchstone/models
COPY docker/with-models /usr/local/bin/

# As in the build stage.
ENV PATH=/opt/venv/bin:$PATH
# The only runtime in the image.
ENV TOUCHSTONE_RUNTIME=openvino
# Database, photos and snapshots.
ENV TOUCHSTONE_DATA_DIR=/var/lib/touchstone
# A container's log is read by machines first.
ENV TOUCHSTONE_LOG_FORMAT=json

# Without -v the data then survives at least a restart of the container.
VOLUME /var/lib/touchstone
WORKDIR /var/lib/touchstone
USER 10001:10001
EXPOSE 8000

# What uvicorn takes as: finish the requests under way, then stop.
STOPSIGNAL SIGTERM

# Alive, not ready: a container that waits for its database must not be restarted for it. A proxy
# that the environment names is for other hosts than this one.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.build_opener(r.ProxyHandler({})).open('http://127.0.0.1:' + os.environ.get('TOUCHSTONE_PORT', '8000') + '/health/live', timeout=4).close()"]

# The network was converted while the image was built; it goes where the service looks for it.
ENTRYPOINT ["with-models", "/opt/touchstone/models"]
CMD ["touchstone", "serve", "--host", "0.0.0.0"]
