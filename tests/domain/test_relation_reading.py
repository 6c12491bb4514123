"""What listings say of a brand without naming it as the maker, language by language."""

# ruff: noqa: RUF001 - wordings come as sellers write them

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.brand_names import BrandNames
from app.domain.claim import Claim, ClaimKind, ClaimSource
from app.domain.claim_reading import ClaimReader, Statement, load_terms
from app.domain.listing import Listing
from app.domain.registry import Brand
from app.domain.relation_terms import RelationLanguage, RelationTerms, Role, load_relation_terms
from app.domain.remark import Remark, RemarkKind

READER = ClaimReader(load_terms())
LANGUAGES = {language.code: language for language in load_relation_terms().languages}
BRANDS = BrandNames(
    [
        Brand(
            1,
            "Cartier",
            ("カルティエ", "卡地亚", "卡地亞", "까르띠에", "Картье", "คาร์เทียร์", "كارتييه"),
        ),
        Brand(2, "Nike", ("ナイキ",)),
        Brand(3, "Apple"),
        Brand(4, "Samsung"),
        Brand(5, "Levi's"),
        Brand(6, "Duracell"),
        Brand(7, "Mini"),
        Brand(8, "Gap"),
        Brand(9, "Love"),
        Brand(10, "Adidas"),
        Brand(11, "Tesla"),
    ]
)
IMITATION, ADMISSION = RemarkKind.IMITATION, RemarkKind.ADMISSION
COMPATIBILITY, NOT_MAKER = RemarkKind.COMPATIBILITY, RemarkKind.NOT_MAKER


def listen(title: str = "", brand_field: str = "", description: str = "") -> Statement:
    return READER.listen(Listing("b", (), "", title, description, brand_field), BRANDS)


def remarks(title: str) -> set[tuple[RemarkKind, tuple[str, ...]]]:
    return {(remark.kind, remark.brands) for remark in listen(title).remarks}


SAID = [
    ("en", IMITATION, "Bracelet inspired by the iconic LOVE ring of Cartier"),
    ("en", IMITATION, "Cartier-style steel bracelet"),
    ("en", IMITATION, "steel bracelet Cartier look-alike"),
    ("en", IMITATION, "bracelet same as Cartier"),
    ("en", IMITATION, "Cartier ring AAA quality zircon"),
    ("en", ADMISSION, "Cartier ring, mirror quality"),
    ("en", ADMISSION, "1:1 super clone Cartier"),
    ("en", ADMISSION, "Cartier ring dupe"),
    ("en", COMPATIBILITY, "Box compatible with Cartier bracelets"),
    ("en", COMPATIBILITY, "screwdriver for Cartier"),
    ("en", NOT_MAKER, "steel ring, not Cartier"),
    ("en", NOT_MAKER, "we are not affiliated with Cartier"),
    ("de", IMITATION, "Armband im Stil von Cartier"),
    ("de", IMITATION, "Armreif inspiriert von Cartier"),
    ("de", ADMISSION, "Cartier Ring, Replik"),
    ("de", COMPATIBILITY, "Schraubendreher passend für Cartier Armband"),
    ("de", NOT_MAKER, "Ring aus Stahl, kein Cartier"),
    ("fr", IMITATION, "bracelet façon Cartier"),
    ("fr", IMITATION, "bague inspirée de Cartier"),
    ("fr", ADMISSION, "Cartier bague, contrefaçon"),
    ("fr", COMPATIBILITY, "tournevis pour Cartier"),
    ("fr", NOT_MAKER, "bracelet acier, pas Cartier"),
    ("es", IMITATION, "pulsera tipo Cartier"),
    ("es", IMITATION, "pulsera inspirada en la marca Cartier"),
    ("es", ADMISSION, "Cartier anillo calidad espejo"),
    ("es", COMPATIBILITY, "destornillador para Cartier"),
    ("es", NOT_MAKER, "anillo de acero, no es Cartier"),
    ("it", IMITATION, "bracciale stile Cartier"),
    ("it", IMITATION, "anello ispirato a Cartier"),
    ("it", COMPATIBILITY, "cacciavite per Cartier"),
    ("pt", IMITATION, "pulseira inspirada na Cartier"),
    ("pt", ADMISSION, "Cartier anel, primeira linha"),
    ("pt", COMPATIBILITY, "chave compatível com Cartier"),
    ("nl", IMITATION, "armband geïnspireerd door Cartier"),
    ("nl", COMPATIBILITY, "schroevendraaier geschikt voor Cartier"),
    ("sv", IMITATION, "armband inspirerad av Cartier"),
    ("da", IMITATION, "armbånd inspireret af Cartier"),
    ("no", IMITATION, "armbånd inspirert av Cartier"),
    ("fi", IMITATION, "Cartier tyylinen rannekoru"),
    ("pl", IMITATION, "bransoletka w stylu Cartier"),
    ("pl", COMPATIBILITY, "śrubokręt pasuje do Cartier"),
    ("cs", IMITATION, "náramek ve stylu Cartier"),
    ("hu", IMITATION, "Cartier stílusú karkötő"),
    ("ro", IMITATION, "brățară inspirată de Cartier"),
    ("el", IMITATION, "βραχιόλι τύπου Cartier"),
    ("ru", IMITATION, "браслет в стиле Картье"),
    ("ru", ADMISSION, "браслет Cartier люкс копия"),
    ("ru", COMPATIBILITY, "отвертка для Картье"),
    ("uk", IMITATION, "браслет у стилі Cartier"),
    ("bg", IMITATION, "гривна в стила на Cartier"),
    ("tr", IMITATION, "Cartier tarzı bileklik"),
    ("tr", COMPATIBILITY, "Cartier bileklik için tornavida"),
    ("tr", NOT_MAKER, "çelik yüzük Cartier değil"),
    ("ar", IMITATION, "سوار مستوحى من كارتييه"),
    ("ar", ADMISSION, "سوار كارتييه هاي كوبي"),
    ("he", IMITATION, "צמיד בהשראת Cartier"),
    ("fa", IMITATION, "دستبند به سبک Cartier"),
    ("hi", IMITATION, "Cartier जैसा कंगन"),
    ("th", ADMISSION, "กำไล คาร์เทียร์ งานมิลเลอร์"),
    ("th", COMPATIBILITY, "ไขควงสำหรับ Cartier"),
    ("vi", IMITATION, "vòng tay lấy cảm hứng từ Cartier"),
    ("vi", ADMISSION, "vòng Cartier super fake"),
    ("id", IMITATION, "gelang mirip Cartier"),
    ("id", COMPATIBILITY, "obeng untuk Cartier"),
    ("ms", IMITATION, "gelang gaya Cartier"),
    ("zh-Hans", IMITATION, "卡地亚同款手镯"),
    ("zh-Hans", ADMISSION, "高仿卡地亚手镯"),
    ("zh-Hans", NOT_MAKER, "钛钢手镯 非卡地亚"),
    ("zh-Hant", IMITATION, "卡地亞風格手鐲"),
    ("ja", IMITATION, "カルティエ風ブレスレット"),
    ("ja", ADMISSION, "カルティエ スーパーコピー"),
    ("ja", COMPATIBILITY, "カルティエ用ドライバー"),
    ("ja", NOT_MAKER, "カルティエではありません"),
    ("ko", IMITATION, "까르띠에 스타일 팔찌"),
    ("ko", ADMISSION, "까르띠에 팔찌 미러급"),
    ("hr", IMITATION, "narukvica u stilu Cartier"),
    ("fil", IMITATION, "pulseras katulad ng Cartier"),
]


def test_every_language_is_heard() -> None:
    assert {code for code, _, _ in SAID} == set(LANGUAGES)


@pytest.mark.parametrize(("code", "kind", "title"), SAID)
def test_what_is_said_of_a_brand(code: str, kind: RemarkKind, title: str) -> None:
    heard = listen(title)
    about = [remark for remark in heard.remarks if remark.kind is kind]
    assert [remark.brands for remark in about][:1] == [("Cartier",)]
    assert all(remark.text in title for remark in about)
    if kind is not ADMISSION and "AAA" not in title:
        assert heard.claim.kind is ClaimKind.SILENT


@pytest.mark.parametrize(
    "title",
    [
        "lovely screwdriver set",
        "apple juice",
        "gap between the teeth",
        "mini fridge",
        "USB type C cable",
        "case for iPhone 15",
        "Nike shoes like new",
        "Nike for men",
        "Running shoes for men Nike",
        "Slim fit Levi's jeans",
        "Levi's style 501 jeans",
        "Nike style no. 4411",
        "Duracell AAA batteries",
        "Samsung type C cable",
        "Samsung tablet, no replica",
        "not a replica. Nike shoes",
        "We never sell replicas, Nike only",
        "Adidas replica jersey",
        "Tesla Model S",
        "Not only Nike",
        "vintage inspired ring by Cartier",
        "Cartier ring. For all who like it",
        "Gift for her, Cartier ring",
        "Cartier. Type: ring",
        "1:18 scale, Cartier",
        "2nd gen Samsung",
        "MacBook Pro Samsung",
    ],
)
def test_ordinary_wordings_are_no_remarks(title: str) -> None:
    assert remarks(title) == set()


@pytest.mark.parametrize(
    ("title", "brands"),
    [
        ("Adapter for Samsung, Nike and Adidas", ("Samsung", "Nike", "Adidas")),
        ("strap compatible with Samsung S21, Nike", ("Samsung", "Nike")),
        ("inspired by Nike & Adidas", ("Nike", "Adidas")),
    ],
)
def test_a_list_of_brands_goes_on(title: str, brands: tuple[str, ...]) -> None:
    heard = listen(title)
    assert tuple(brand for remark in heard.remarks for brand in remark.brands) == brands
    assert heard.claim.kind is ClaimKind.SILENT


def test_a_brand_named_beside_a_relation_is_still_the_maker() -> None:
    heard = listen("Nike case for Samsung phones")
    assert heard.claim == Claim(ClaimKind.NAMES, "Nike", ClaimSource.TITLE, ("Nike",))
    assert [(r.kind, r.brands) for r in heard.remarks] == [(COMPATIBILITY, ("Samsung",))]
    assert listen("Cartier ring, not Nike").claim.brands == ("Cartier",)


def test_an_admission_leaves_the_claim_and_speaks_of_whatever_is_shown() -> None:
    heard = listen("Mirror quality ring", brand_field="Cartier")
    assert heard.claim.brands == ("Cartier",)
    (remark,) = heard.remarks
    assert (remark.kind, remark.brands, remark.source) == (ADMISSION, (), ClaimSource.TITLE)
    assert remark.concerns("Cartier")
    assert remark.concerns("anybody")


@pytest.mark.parametrize("field", ["for Samsung", "Cartier style", "inspired by Nike", "C@rtier"])
def test_a_brand_field_that_names_no_maker_lets_the_title_speak(field: str) -> None:
    heard = listen("Adidas ring", brand_field=field)
    assert (heard.claim.brands, heard.claim.source) == (("Adidas",), ClaimSource.TITLE)
    assert heard.remarks[0].source is ClaimSource.BRAND_FIELD
    assert listen("ring", brand_field=field).claim.kind is ClaimKind.SILENT


@pytest.mark.parametrize(
    "title", ["C@rt1er ring", "C a r t i e r ring", "Cаrtier ring", "Car\u200btier ring"]
)
def test_a_name_in_disguise_is_no_name(title: str) -> None:
    heard = listen(title)
    assert heard.claim.kind is ClaimKind.SILENT
    (remark,) = heard.remarks
    assert (remark.kind, remark.brands) == (RemarkKind.DISGUISE, ("Cartier",))
    assert remark.note
    assert remark.text in title


def test_a_disguised_name_can_be_imitated_too() -> None:
    assert remarks("ring inspired by C@rtier") == {
        (IMITATION, ("Cartier",)),
        (RemarkKind.DISGUISE, ("Cartier",)),
    }


def test_remarks_come_from_all_texts_and_the_claim_from_the_first() -> None:
    heard = listen(
        "Cartier style ring", "Unbranded", "we are not affiliated with Cartier. For Nike"
    )
    assert heard.claim.kind is ClaimKind.UNBRANDED
    assert [remark.source for remark in heard.remarks] == [
        ClaimSource.TITLE,
        ClaimSource.DESCRIPTION,
        ClaimSource.DESCRIPTION,
    ]


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
class TestPhrases:
    def test_they_say_what_they_rest_on(self, language: RelationLanguage) -> None:
        said = language.source.startswith(("Trans", "Follows"))
        assert (language.basis == "dictionary") == said

    def test_every_admission_is_heard(self, language: RelationLanguage) -> None:
        for phrase in language.phrases.get(Role.ADMITS, ()):
            kinds = {r.kind for r in listen(f"18 mm Cartier ({phrase}) 18 mm").remarks}
            assert ADMISSION in kinds, phrase

    def test_every_phrase_beside_a_brand_is_heard(self, language: RelationLanguage) -> None:
        patterns = {
            "{} Cartier": (Role.IMITATES_BEFORE, Role.STYLE_BEFORE, Role.FITS_BEFORE,
                           Role.DENIES_BEFORE),
            "Cartier {}": (Role.IMITATES_AFTER, Role.STYLE_AFTER, Role.FITS_AFTER,
                           Role.DENIES_AFTER),
        }  # fmt: skip
        for pattern, roles in patterns.items():
            for role in roles:
                for phrase in language.phrases.get(role, ()):
                    title = f"18 mm. {pattern.format(phrase)}. 18 mm"
                    assert ("Cartier",) in {r.brands for r in listen(title).remarks}, phrase

    def test_harmless_phrases_say_nothing(self, language: RelationLanguage) -> None:
        for phrase in language.phrases.get(Role.HARMLESS, ()):
            assert not listen(f"{phrase}. Nike").remarks, phrase


def test_phrases_refuse_to_contradict_themselves() -> None:
    with pytest.raises(ValueError, match="rests on"):
        RelationLanguage("xx", "Xx", "hearsay", "x", {})
    with pytest.raises(ValueError, match="no letter"):
        RelationLanguage("xx", "Xx", "usage", "x", {Role.ADMITS: ("--",)})
    one = RelationLanguage("xx", "Xx", "usage", "x", {})
    with pytest.raises(ValueError, match="listed twice"):
        RelationTerms((one, one))


def test_a_remark_quotes_and_names() -> None:
    with pytest.raises(ValueError, match="quotes"):
        Remark(ADMISSION, " ", ClaimSource.TITLE)
    with pytest.raises(ValueError, match="only an admission"):
        Remark(IMITATION, "like", ClaimSource.TITLE)


PHRASES = [p for lang in LANGUAGES.values() for role in lang.phrases.values() for p in role]
WORDS = st.sampled_from([*PHRASES, "Cartier", "C@rtier", "Nike", ",", ".", "and", "the", "Apple"])


@settings(max_examples=300)
@given(st.lists(WORDS | st.text(max_size=3)).map(" ".join))
def test_no_text_makes_the_reader_raise_and_every_remark_quotes_it(title: str) -> None:
    heard = listen(title)
    assert all(remark.text for remark in heard.remarks)
    assert set(heard.claim.brands) <= {"Cartier", "Nike", "Apple"}
