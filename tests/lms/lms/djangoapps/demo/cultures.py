"""Where the demo's learners come from: names and streets are Faker's, cities and goals are real ones."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Culture:
    """A country with its share of the learners, the locale that names them, and the words that they use.

    ``stems`` begin user names, which are ASCII on the platform whatever script a name is written in.
    """

    country: str
    locale: str
    weight: int
    language: str
    stems: tuple[str, ...]
    cities: tuple[str, ...]
    goals: tuple[str, ...]


ENGLISH_GOALS = (
    "I want to change careers.",
    "My employer asked me to take this course.",
    "To brush up on what I learned at university, and to get a certificate.",
    "Just curious!",
    "Preparing for my master's degree.",
    "I teach this subject myself and would like to see how you do it.",
)

# fmt: off
CULTURES = (
    Culture("US", "en_US", 22, "en", ("ashley", "jordan", "mike", "dana", "tyler", "grace"),
            ("Boston", "Chicago", "Houston", "Portland", "Atlanta", "San José"), ENGLISH_GOALS),
    Culture("IN", "hi_IN", 11, "hi", ("aarav", "priya", "rohan", "ananya", "vikram", "neha"),
            ("मुंबई", "दिल्ली", "पुणे", "जयपुर", "लखनऊ"),
            ("मैं डेटा विश्लेषक बनना चाहता हूँ।", "नई नौकरी के लिए सीखना चाहती हूँ।")),
    Culture("IN", "ta_IN", 3, "ta", ("kavin", "meena", "arun", "selvi"), ("சென்னை", "மதுரை", "கோயம்புத்தூர்"),
            ("புதிய திறன்களைக் கற்றுக்கொள்ள விரும்புகிறேன்.",)),
    Culture("BR", "pt_BR", 8, "pt", ("joao", "camila", "thiago", "larissa"),
            ("São Paulo", "Belo Horizonte", "Recife", "Curitiba"),
            ("Quero mudar de área profissional.", "Aprender coisas novas e obter o certificado.")),
    Culture("MX", "es_MX", 8, "es", ("lupita", "diego", "ximena", "beto"),
            ("Ciudad de México", "Guadalajara", "Mérida", "Puebla"),
            ("Quiero prepararme para la maestría.", "Lo necesito para mi trabajo.")),
    Culture("ES", "es_ES", 4, "es", ("lucia", "alvaro", "nuria"), ("Madrid", "Sevilla", "A Coruña", "València"),
            ("Mejorar mi currículum.", "Por curiosidad: ¿qué hay de nuevo?")),
    Culture("CN", "zh_CN", 7, "zh", ("xiaoming", "liwei", "fangfang", "haoran"), ("北京", "上海", "成都", "西安"),
            ("希望换一份工作。", "为考研做准备，也想了解国外的课程。")),
    Culture("FR", "fr_FR", 5, "fr", ("camille", "mathieu", "chloe"), ("Paris", "Lyon", "Nîmes", "Saint-Étienne"),
            ("Me réorienter.", "J'ai toujours voulu comprendre ce sujet ; c'est l'occasion.")),
    Culture("DE", "de_DE", 4, "de", ("lena", "jonas", "anke"), ("Köln", "München", "Leipzig", "Gießen"),
            ("Weiterbildung für den Beruf.", "Aus Interesse, außerdem möchte ich mein Englisch üben.")),
    Culture("NG", "en_NG", 4, "en", ("chidi", "ngozi", "tunde"), ("Lagos", "Abuja", "Ìbàdàn"), ENGLISH_GOALS),
    Culture("RU", "ru_RU", 4, "ru", ("dmitri", "olga", "sergei"), ("Москва", "Казань", "Новосибирск"),
            ("Хочу сменить профессию.", "Повышение квалификации.")),
    Culture("EG", "ar_SA", 4, "ar", ("ahmed", "mona", "youssef"), ("القاهرة", "الإسكندرية", "أسيوط"),
            ("أريد أن أغيّر مجال عملي.", "أحتاج إلى الشهادة من أجل الترقية.")),
    Culture("SA", "ar_SA", 2, "ar", ("khalid", "noura"), ("الرياض", "جدة"), ("الاستعداد للدراسات العليا.",)),
    Culture("JP", "ja_JP", 3, "ja", ("haruto", "yui", "kenji"), ("東京", "大阪市", "札幌市"),
            ("転職のために勉強したいです。", "英語の講義に慣れたい。")),
    Culture("UA", "uk_UA", 2, "uk", ("oksana", "taras"), ("Київ", "Львів", "Харків"), ("Хочу отримати нову професію.",)),
    Culture("TR", "tr_TR", 2, "tr", ("elif", "mehmet"), ("İstanbul", "Ankara", "Iğdır"),
            ("Kariyerimi değiştirmek istiyorum.",)),
    Culture("KR", "ko_KR", 2, "ko", ("minjun", "seoyeon"), ("서울", "부산"), ("자격증을 따고 싶습니다.",)),
    Culture("TH", "th_TH", 2, "th", ("somchai", "ploy"), ("กรุงเทพมหานคร", "เชียงใหม่"), ("อยากเปลี่ยนสายงานและเรียนรู้สิ่งใหม่",)),
    Culture("BD", "bn_BD", 2, "bn", ("rahim", "sumaiya"), ("ঢাকা", "চট্টগ্রাম"), ("নতুন দক্ষতা শিখতে চাই।",)),
    Culture("IR", "fa_IR", 2, "fa", ("dariush", "shirin"), ("تهران", "شیراز"), ("می‌خواهم شغلم را عوض کنم.",)),
    Culture("IL", "he_IL", 2, "he", ("noam", "tamar"), ("תל אביב-יפו", "חיפה", "באר שבע"),
            ("אני רוצה להחליף מקצוע.", "הכנה לתואר שני")),
    Culture("PL", "pl_PL", 2, "pl", ("kasia", "piotr"), ("Łódź", "Gdańsk"), ("Chcę zdobyć certyfikat.",)),
    Culture("VN", "vi_VN", 2, "vi", ("linh", "duc"), ("Hà Nội", "Đà Nẵng"), ("Tôi muốn đổi nghề.",)),
    Culture("GR", "el_GR", 1, "el", ("eleni", "nikos"), ("Αθήνα", "Θεσσαλονίκη"), ("Θέλω να μάθω κάτι καινούργιο.",)),
    Culture("GE", "ka_GE", 1, "ka", ("nino", "giorgi"), ("თბილისი", "ბათუმი"), ("მინდა ახალი პროფესია ვისწავლო.",)),
    Culture("AM", "hy_AM", 1, "hy", ("ani", "tigran"), ("Երևան",), ("Ուզում եմ նոր բան սովորել։",)),
    Culture("ZA", "zu_ZA", 1, "zu", ("thandi", "sipho"), ("eThekwini", "Johannesburg"), ENGLISH_GOALS),
)
# fmt: on
WEIGHTS = [culture.weight for culture in CULTURES]
