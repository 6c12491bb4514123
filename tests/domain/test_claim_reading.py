"""What listings say of their brand: by language, by source, and the traps of running text."""

# ruff: noqa: RUF001 - wordings come as sellers write them

from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.brand_names import BrandNames
from app.domain.claim import SILENT, Claim, ClaimKind, ClaimSource
from app.domain.claim_reading import (
    Basis,
    ClaimReader,
    LanguageTerms,
    UnbrandedTerms,
    load_terms,
)
from app.domain.listing import Listing
from app.domain.registry import Brand
from app.domain.text import Passage, is_unspaced

TERMS = load_terms()
READER = ClaimReader(TERMS)
LANGUAGES = {language.code: language for language in TERMS.languages}
BRANDS = BrandNames(
    Brand(id=number, name=name, aliases=tuple(aliases))
    for number, (name, *aliases) in enumerate(
        [
            ("Cartier", "カルティエ", "卡地亚", "Картье"),
            ("Coca-Cola", "Coke"),
            ("H&M", "Hennes & Mauritz"),
            ("Dr. Martens", "Doc Martens"),
            ("Levi's",),
            ("L'Oréal",),
            ("Louis Vuitton", "ルイ・ヴィトン", "LV"),
            ("Ralph Lauren",),
            ("Polo Ralph Lauren",),
            ("Nike", "ナイキ", "나이키"),
            ("Prada", "プラダ"),
            ("Apple",),
            ("Target",),
            ("Red Hat",),
            ("Apple Music",),
            ("Marc O'Polo",),
            ("HP", "Hewlett-Packard"),
            ("3M",),
            ("361",),
            ("X",),
            ("Dolce & Gabbana", "D&G"),
        ]
    )
)


def read(brand_field: str = "", title: str = "", description: str = "") -> Claim:
    listing = Listing("b-1", title=title, description=description, brand_field=brand_field)
    return READER.read(listing, BRANDS)


# One wording as it stands in brand fields and one sentence of running text, written for this test.
SPOKEN = [
    ("en", "UNBRANDED", "Steel bracelet, unbranded, 18 cm"),
    ("de", "Markenlos", "Armband aus Stahl, ohne Marke, 18 cm"),
    ("fr", "Sans marque", "Bracelet en acier sans marque 18 cm"),
    ("es", "Sin marca", "Pulsera de acero sin marca 18 cm"),
    ("it", "Senza marca", "Bracciale in acciaio non di marca 18 cm"),
    ("pt", "Sem marca", "Pulseira de aço sem marca 18 cm"),
    ("nl", "Merkloos", "Stalen armband zonder merk 18 cm"),
    ("pl", "bez marki", "Bransoletka niemarkowa ze stali"),
    ("cs", "Bez značky", "Ocelový náramek bez značky"),
    ("sk", "Bez značky", "Neznačkový oceľový náramok"),
    ("hu", "Márka nélkül", "Acél karkötő, márka nélküli"),
    ("ro", "Fără marcă", "Brățară din oțel fără brand"),
    ("sv", "Märkeslös", "Armband i stål utan märke"),
    ("da", "Intet mærke", "Armbånd i stål uden mærke"),
    ("no", "Uten merke", "Armbånd i stål, merkeløst"),
    ("fi", "Ei merkkiä", "Teräksinen rannekoru ilman merkkiä"),
    ("el", "ΧΩΡΙΣ ΜΑΡΚΑ", "Ατσάλινο βραχιόλι χωρίς μάρκα"),
    ("ru", "Нет бренда", "Браслет стальной, без бренда"),
    ("uk", "Без бренду", "Браслет сталевий без бренду"),
    ("bg", "Без марка", "Стоманена гривна, без марка"),
    ("tr", "MARKASIZ", "Çelik bileklik markasız ürün"),
    ("ar", "بدون علامة تجارية", "سوار فولاذ بدون ماركة"),
    ("he", "ללא מותג", "צמיד פלדה ללא מותג"),
    ("fa", "بدون برند", "دستبند استیل بی‌برند"),
    ("hi", "बिना ब्रांड", "स्टील कंगन बिना ब्रांड का"),
    ("th", "ไม่มีแบรนด์", "สร้อยข้อมือเหล็กไม่มียี่ห้อ"),
    ("vi", "Không thương hiệu", "Vòng tay thép không có thương hiệu"),
    ("id", "Tanpa Merek", "Gelang baja tidak bermerek"),
    ("ms", "Tiada Jenama", "Gelang keluli tanpa jenama"),
    ("zh-Hans", "无品牌", "钛钢手镯无品牌女款"),
    ("zh-Hant", "無品牌", "鈦鋼手鐲無品牌女款"),
    ("ja", "ノーブランド品", "チタンブレスレット【ノーブランド品】"),
    ("ko", "브랜드 없음", "스틸 팔찌 브랜드없음 여성용"),
    ("hr", "Bez marke", "Čelična narukvica bez brenda"),
    ("sr", "Без бренда", "Челична наруквица без марке"),
    ("sl", "Brez znamke", "Jeklena zapestnica brez blagovne znamke"),
    ("lt", "Be prekės ženklo", "Plieninė apyrankė be prekės ženklo"),
    ("lv", "Bez zīmola", "Tērauda rokassprādze bez zīmola"),
    ("et", "Kaubamärgita", "Terasest käevõru, ilma brändita"),
    ("ca", "Sense marca", "Polsera d'acer sense marca"),
    ("fil", "Walang brand", "Pulseras na bakal, walang tatak"),
]


def test_enough_languages_are_read_and_every_one_is_tested() -> None:
    assert len(LANGUAGES) >= 25
    assert {code for code, _, _ in SPOKEN} == set(LANGUAGES)


@pytest.mark.parametrize(("code", "field", "title"), SPOKEN)
def test_every_language_denies_a_brand(code: str, field: str, title: str) -> None:
    assert read(field, title="Nike") == Claim(ClaimKind.UNBRANDED, field, ClaimSource.BRAND_FIELD)
    claim = read(title=title)
    assert (claim.kind, claim.source) == (ClaimKind.UNBRANDED, ClaimSource.TITLE)
    assert claim.text
    assert claim.text in title
    claim = read(title="Nike 1", description=title)
    assert (claim.kind, claim.brands) == (ClaimKind.NAMES, ("Nike",)), "the title speaks first"


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
class TestWordLists:
    def test_it_says_what_it_rests_on(self, language: LanguageTerms) -> None:
        assert language.text
        assert language.placeholder
        assert (language.basis is Basis.DICTIONARY) == language.source.startswith("Translated")

    def test_no_wording_is_listed_twice(self, language: LanguageTerms) -> None:
        phrases = [Passage.of(term).phrase for term in (*language.text, *language.harmless)]
        assert len(set(phrases)) == len(phrases)
        whole = [Passage.of(t).compact for t in (*language.brand_field, *language.placeholder)]
        assert len(set(whole)) == len(whole)
        assert not {Passage.of(term).compact for term in language.text} & set(whole)

    def test_single_words_for_running_text_are_long_and_not_ordinary(
        self, language: LanguageTerms
    ) -> None:
        phrases = [Passage.of(term).phrase for term in language.text]
        words = {phrase[0] for phrase in phrases if len(phrase) == 1}
        assert all(len(word) > 6 for word in words)
        assert not words & TERMS.ordinary_words
        characters = [phrase for phrase in phrases if is_unspaced(phrase[0])]
        assert all(len(phrase) > 1 for phrase in characters)

    def test_wordings_for_running_text_deny_there(self, language: LanguageTerms) -> None:
        for term in language.text:
            assert read(title=f"(18 mm) {term} (18 mm)").kind is ClaimKind.UNBRANDED, term
            assert read(brand_field=term).kind is ClaimKind.UNBRANDED, term

    def test_wordings_for_the_brand_field_deny_only_there(self, language: LanguageTerms) -> None:
        for term in language.brand_field:
            assert read(brand_field=f" {term}. ").kind is ClaimKind.UNBRANDED, term
            assert read(title=f"18 {term} 18").kind is not ClaimKind.UNBRANDED, term

    def test_placeholders_let_the_title_speak(self, language: LanguageTerms) -> None:
        for term in language.placeholder:
            assert read(brand_field=term) == SILENT, term
            assert read(brand_field=term, title="Cartier ring").brands == ("Cartier",), term

    def test_harmless_phrases_deny_nothing(self, language: LanguageTerms) -> None:
        for phrase in language.harmless:
            assert read(title=f"18 {phrase} 18") == SILENT, phrase


def test_an_empty_listing_is_silent() -> None:
    assert read() == SILENT
    assert read("  ", "\u200b", "💎") == SILENT


@pytest.mark.parametrize(
    "field",
    ["Unbranded", "NO BRAND", "NoBrand", "no-brand", "Un-branded", "un\u200bbranded",
     "ｕｎｂｒａｎｄｅｄ", "U N B R A N D E D", " Generic ", "**none**", "Unbranded/Generic",
     "No Brand (other)", "Generic - OEM", "Unbranded steel jewellery", "&quot;No brand&quot;"],
)  # fmt: skip
def test_brand_fields_that_deny(field: str) -> None:
    claim = read(field, title="Cartier Love bracelet")
    assert (claim.kind, claim.source, claim.brands) == (
        ClaimKind.UNBRANDED,
        ClaimSource.BRAND_FIELD,
        (),
    )


@pytest.mark.parametrize(
    "field",
    ["N/A", "n.a.", "-", "---", "???", "Does not apply", "Other / N.A.", "OEM", "NoEnName_Null"],
)
def test_brand_fields_that_say_nothing(field: str) -> None:
    assert read(field) == SILENT
    assert read(field, title="unbranded ring").source is ClaimSource.TITLE


@pytest.mark.parametrize(
    ("field", "brands"),
    [
        ("cartier", ("Cartier",)),
        ("CARTIER®", ("Cartier",)),
        ("Cartier / Prada", ("Cartier", "Prada")),
        ("Hennes and Mauritz", ("H&M",)),
        ("h&amp;m", ("H&M",)),
        ("Apple Inc.", ("Apple",)),
        ("Prada GmbH & Co. KG", ("Prada",)),
        ("Nike, Inc", ("Nike",)),
        ("361", ("361",)),
        ("x", ("X",)),
        ("Apple Tree Crafts", ("Apple Tree Crafts",)),
        ("  Moonlit \n Forge ", ("Moonlit Forge",)),
        ("Unbrandedness", ("Unbrandedness",)),
        ("Nonesuch", ("Nonesuch",)),
    ],
)
def test_brand_fields_that_name(field: str, brands: tuple[str, ...]) -> None:
    claim = read(field, title="unbranded")
    assert (claim.kind, claim.source) == (ClaimKind.NAMES, ClaimSource.BRAND_FIELD)
    assert claim.brands == brands
    assert claim.text.strip() == claim.text != ""


@pytest.mark.parametrize(
    ("title", "wording"),
    [
        ("Bracelet NO  BRAND gold", "NO  BRAND"),
        ("Bracelet nobrand gold", "nobrand"),
        ("Bracelet #sinmarca", "sinmarca"),
        ("ring, Non-Branded.", "Non-Branded"),
        ("Brand: Generic", "Brand: Generic"),
        ("Bracelet&nbsp;<b>No&nbsp;logo</b>", "No\u00a0logo"),
        ("Unbranded strap for Apple Watch and Nike", "Unbranded"),
        ("no brand new, but unbranded", "unbranded"),
    ],
)
def test_titles_that_deny(title: str, wording: str) -> None:
    assert read(title=title) == Claim(ClaimKind.UNBRANDED, wording, ClaimSource.TITLE)


@pytest.mark.parametrize(
    "text",
    [
        "Generic charger with a generic cable",
        "None of these rings fades, nobody returns them",
        "There is no better gift",
        "Item No. Brand new in box",
        "Returns: no. Brand new.",
        "Returns: no - brand new",
        "It is not brand new, no brand new parts",
        "50% off brand new rings",
        "Unbrandedness and rebranded debrandedx",
        "bracelet sans marque d'usure, sans marques",
        "fotos sin marca de agua",
        "ships in a plain unbranded box",
        "Andere Farben auf Anfrage, keine Rücknahme",
        "有无。品牌",
        "The brand: no fear of losing it",
    ],
)
def test_running_text_that_denies_nothing(text: str) -> None:
    assert read(title=text) == SILENT
    assert read(description=text) == SILENT


@pytest.mark.parametrize(
    ("title", "brands"),
    [
        ("coca cola can", ("Coca-Cola",)),
        ("COCA-COLA can", ("Coca-Cola",)),
        ("CocaCola can", ("Coca-Cola",)),
        ("dress h & m red", ("H&M",)),
        ("dress H＆M red", ("H&M",)),
        ("Dr Martens boots", ("Dr. Martens",)),
        ("Dr. Martens boots", ("Dr. Martens",)),
        ("levis jeans", ("Levi's",)),
        ("Levi’s jeans", ("Levi's",)),
        ("crème l'oreal", ("L'Oréal",)),
        ("Loreal cream", ("L'Oréal",)),
        ("dolce gabbana belt", ("Dolce & Gabbana",)),
        ("D&G belt", ("Dolce & Gabbana",)),
        ("polo ralph lauren shirt", ("Polo Ralph Lauren",)),
        ("ralph lauren shirt", ("Ralph Lauren",)),
        ("prada bag, cartier ring, PRADA belt", ("Prada", "Cartier")),
        ("кольцо КАРТЬЕ золото", ("Cartier",)),
        ("卡地亚手镯女款", ("Cartier",)),
        ("ﾙｲ･ｳﾞｨﾄﾝ 財布", ("Louis Vuitton",)),
        ("나이키신발", ("Nike",)),
        ("3M tape", ("3M",)),
        ("HP printer ink", ("HP",)),
        ("[Apple] watch strap", ("Apple",)),
        ("The Apple Music case in black and white leather", ("Apple Music",)),
        ("marc opolo shirt", ("Marc O'Polo",)),
        ("Strap of an Apple watch with a steel clasp", ("Apple",)),
    ],
)
def test_titles_that_name(title: str, brands: tuple[str, ...]) -> None:
    claim = read(title=title)
    assert (claim.kind, claim.source, claim.brands) == (
        ClaimKind.NAMES,
        ClaimSource.TITLE,
        brands,
    )


def test_names_are_quoted_as_written() -> None:
    assert read(title="PRADA bag, cartier ring, PRADA belt").text == "PRADA, cartier"
    assert read(title="ﾙｲ･ｳﾞｨﾄﾝ 財布").text == "ﾙｲ･ｳﾞｨﾄﾝ"


@pytest.mark.parametrize(
    "title",
    [
        "apple shaped earrings",
        "Earrings Apple Shaped Gold",
        "our target group loves it. Target is set",
        "Straw Summer red hat for ladies",
        "printer 10 hp, tape 3m wide",
        "size X, model 361",
        "coca, cola nuts",
        "snikers nikes",
        "プラダン 板",
        "size H/M",
        "type d g belt",
    ],
)
def test_titles_that_name_nothing(title: str) -> None:
    assert read(title=title) == SILENT


def test_an_ordinary_word_opens_no_description() -> None:
    assert read(description="Apple shaped earrings, made of steel") == SILENT
    assert read(title="Apple shaped earrings").brands == ("Apple",)


def test_every_brand_of_a_shared_alias_is_named() -> None:
    brands = BrandNames([Brand(1, "Delta Air", ("Deltax",)), Brand(2, "Delta Taps", ("DELTAX",))])
    claim = READER.read(Listing("b", title="deltax tap"), brands)
    assert claim.brands == ("Delta Air", "Delta Taps")


def test_a_denial_outweighs_a_brand_of_that_name_and_a_placeholder_does_not() -> None:
    brands = BrandNames([Brand(1, "No Brand"), Brand(2, "Custom")])
    denying = READER.read(Listing("b", brand_field="no brand", title="NO BRAND rice"), brands)
    assert denying.kind is ClaimKind.UNBRANDED
    assert READER.read(Listing("b", title="NO BRAND rice"), brands).kind is ClaimKind.UNBRANDED
    assert READER.read(Listing("b", brand_field="custom"), brands).brands == ("Custom",)


def test_brands_without_a_letter_and_empty_registries_do_no_harm() -> None:
    odd = BrandNames([Brand(1, "***"), Brand(2, "&"), Brand(3, ""), Brand(4, "7"), Brand(5, "&&")])
    assert READER.read(Listing("b", title="7 rings & 8 *** more and more"), odd) == SILENT
    assert READER.read(Listing("b", title="Nike"), BrandNames([])) == SILENT


def test_terms_refuse_to_contradict_themselves() -> None:
    def language(code: str, *denying: str, placeholder: tuple[str, ...] = ()) -> LanguageTerms:
        return LanguageTerms(code, code, Basis.DICTIONARY, "made up", denying, (), placeholder)

    with pytest.raises(ValueError, match="no letter"):
        language("xx", "--")
    with pytest.raises(ValueError, match="rests on"):
        LanguageTerms("xx", "Xx", Basis.USAGE, " ")
    with pytest.raises(ValueError, match="listed twice"):
        UnbrandedTerms((language("xx"), language("xx")))
    with pytest.raises(ValueError, match="both a denial and a placeholder: na"):
        UnbrandedTerms((language("xx", "n/a"), language("yy", placeholder=("NA",))))


TEXT_TERMS = [term for language in TERMS.languages for term in language.text]


@pytest.mark.parametrize("change", [str.upper, str.lower, str.title, str.swapcase, str.casefold])
def test_case_changes_no_denial(change: Callable[[str], str]) -> None:
    for term, place in product(TEXT_TERMS, ("brand_field", "title", "description")):
        assert read(**{place: change(term)}).kind is ClaimKind.UNBRANDED, term


WORDS = st.sampled_from([*TEXT_TERMS, "Cartier", "apple", "H&M", "n/a", "none", "プラダ", "&#38;"])
ANYTHING = st.text() | st.lists(WORDS | st.text(max_size=3)).map(" ".join)


@settings(max_examples=300)
@given(brand_field=ANYTHING, title=ANYTHING, description=ANYTHING)
def test_no_text_makes_the_reader_raise(brand_field: str, title: str, description: str) -> None:
    claim = read(brand_field, title, description)
    assert claim == SILENT or claim.text


@pytest.mark.parametrize(
    "text", ["&#" + "9" * 5000 + ";", "&#1114112;", "&#xD800;", "\ud800", "&;"]
)
def test_broken_entities_are_only_signs(text: str) -> None:
    assert read(text, text, f"{text} unbranded").kind in {ClaimKind.UNBRANDED, ClaimKind.NAMES}
