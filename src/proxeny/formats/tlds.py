"""Top-level domains, to tell a domain name from a file name or two words joined by a full stop.

All country-code domains of the IANA root zone and the generic ones met in incident reports. A generic
domain that is missing here is still read where the report writes it as a URL, an e-mail address or
defanged; an `xn--` label is always taken for a domain.
"""

from __future__ import annotations

_COUNTRIES = """
ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bv bw by
bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj
fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io
iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg
mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph
pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx
sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt
za zm zw
"""

_COUNTRIES_IN_THEIR_SCRIPT = """
рф бел укр срб мкд мон қаз бг ею ελ ευ հայ გე ישראל 中国 中國 香港 台湾 台灣 新加坡 澳門 澳门 한국 ไทย ລາວ
مصر السعودية امارات ایران الجزائر المغرب تونس سورية الاردن عمان قطر فلسطين العراق سودان پاکستان
موريتانيا البحرين مليسيا بھارت भारत ভারত বাংলা ਭਾਰਤ ભારત இந்தியா భారత్ ලංකා இலங்கை சிங்கப்பூர்
"""

_GENERIC = """
com net org edu gov mil int arpa aero asia biz cat coop info jobs mobi museum name post pro tel travel xxx
academy agency app art associates auction audio auto band bank bar beauty beer best bet bid bike bingo bio
black blog blue boats bond boutique broker build builders business buzz cab cafe camera camp capital car
cards care careers cars casa cash casino center ceo charity chat cheap church city claims cleaning click
clinic clothing cloud club coach codes coffee college community company computer consulting contact cool
country coupons courses credit creditcard cricket cruises cyou date dating day deals degree delivery design
dev diamonds diet digital direct directory discount doctor dog domains download earth eco education email
energy engineer engineering enterprises equipment estate events exchange expert express fail faith family
fans farm fashion feedback film finance financial fish fit fitness flights florist football forex forsale
foundation fun fund furniture futbol fyi gallery game games garden gay gdn gift gifts gives glass global
gmbh gold golf graphics gratis green gripe group guide guitars guru hair haus health healthcare help host
hosting hospital house icu immo inc industries ink institute insurance insure international investments
jewelry kaufen kim kitchen kiwi krd land lat law lawyer lease legal lgbt life lighting limited limo link
live llc loan loans lol london love ltd ltda luxe luxury maison makeup management market marketing mba
media memorial men menu miami moda moe mom money monster mortgage moscow motorcycles mov movie navy network
new news nexus ngo ninja nyc one ong onl online ooo page paris partners parts party pet pharmacy photo
photography photos pics pictures pink pizza plus poker porn press productions prof promo properties
property protection pub quest racing realty recipes red rehab reise reisen rent rentals repair report
republican rest restaurant review reviews rip rocks rodeo run sale salon sarl sbs school science security
services sex sexy shiksha shoes shop shopping show site ski skin soccer social software solar solutions
space sport storage store stream studio study style sucks supplies supply support surf surgery systems
tattoo tax taxi team tech technology tennis theater tickets tips tires today tokyo tools top tours town
toys trade trading training tube university uno vacations vegas ventures vet viajes video villas vin vip
vision vodka vote voyage wales wang watch webcam website wedding wiki win wine work works world wtf xin
xyz yachts yoga zip zone
онлайн сайт орг ком дети москва рус موقع شبكة بازار همراه
公司 网络 網絡 网址 在线 中文网 商城 集团 网站 みんな コム
"""

_SPECIAL = "onion i2p example test invalid"  # RFC 7686; RFC 6761 for the names kept for documentation

TLDS: frozenset[str] = frozenset(f"{_COUNTRIES} {_COUNTRIES_IN_THEIR_SCRIPT} {_GENERIC} {_SPECIAL}".split())

_FILE_ENDINGS = "app cab cc la md mk mm mov pm ps py sh so tf zip"

FILE_ENDINGS: frozenset[str] = frozenset(_FILE_ENDINGS.split())
"""Domains that are file endings as well: `readme.md` is a file, `hxxp://evil[.]md` is not."""

_WORDS = """
al am an as at be by co de do email es et fail fun help il in is it la live lo me my no now one page
report run so show st team to today tools us win work
"""

WORDS: frozenset[str] = frozenset(_WORDS.split())
"""Domains that are words of prose as well: in `ended.In` or `server.is` a space is missing."""
