"""States by the code or the English short name that structured sources give (ISO 3166-1; UN M49 names).

Only for fields that name one place. Places in running text, in six languages, are found elsewhere.
"""

from __future__ import annotations

from functools import cache

# Members of the United Nations and its two observer States; other names a source may use follow a slash.
_STATES = """
AF Afghanistan|AL Albania|DZ Algeria|AD Andorra|AO Angola|AG Antigua and Barbuda|AR Argentina|AM Armenia
AU Australia|AT Austria|AZ Azerbaijan|BS Bahamas|BH Bahrain|BD Bangladesh|BB Barbados|BY Belarus
BE Belgium|BZ Belize|BJ Benin|BT Bhutan|BO Bolivia/Bolivia (Plurinational State of)
BA Bosnia and Herzegovina|BW Botswana|BR Brazil|BN Brunei/Brunei Darussalam|BG Bulgaria|BF Burkina Faso
BI Burundi|CV Cabo Verde/Cape Verde|KH Cambodia|CM Cameroon|CA Canada|CF Central African Republic
TD Chad|CL Chile|CN China|CO Colombia|KM Comoros|CG Congo/Republic of the Congo
CD Democratic Republic of the Congo/DR Congo|CR Costa Rica|CI Côte d'Ivoire/Cote d'Ivoire/Ivory Coast
HR Croatia|CU Cuba|CY Cyprus|CZ Czechia/Czech Republic|DK Denmark|DJ Djibouti|DM Dominica
DO Dominican Republic|EC Ecuador|EG Egypt|SV El Salvador|GQ Equatorial Guinea|ER Eritrea|EE Estonia
SZ Eswatini/Swaziland|ET Ethiopia|FJ Fiji|FI Finland|FR France|GA Gabon|GM Gambia|GE Georgia|DE Germany
GH Ghana|GR Greece|GD Grenada|GT Guatemala|GN Guinea|GW Guinea-Bissau|GY Guyana|HT Haiti
VA Holy See/Vatican City|HN Honduras|HU Hungary|IS Iceland|IN India|ID Indonesia
IR Iran/Iran (Islamic Republic of)/Islamic Republic of Iran|IQ Iraq|IE Ireland|IL Israel|IT Italy
JM Jamaica|JP Japan|JO Jordan|KZ Kazakhstan|KE Kenya|KI Kiribati|KW Kuwait
KP Democratic People's Republic of Korea/North Korea|KR Republic of Korea/South Korea/Korea, Republic of
KG Kyrgyzstan|LA Lao People's Democratic Republic/Laos|LV Latvia|LB Lebanon|LS Lesotho|LR Liberia
LY Libya|LI Liechtenstein|LT Lithuania|LU Luxembourg|MG Madagascar|MW Malawi|MY Malaysia|MV Maldives
ML Mali|MT Malta|MH Marshall Islands|MR Mauritania|MU Mauritius|MX Mexico
FM Micronesia/Micronesia (Federated States of)|MC Monaco|MN Mongolia|ME Montenegro|MA Morocco
MZ Mozambique|MM Myanmar|NA Namibia|NR Nauru|NP Nepal
NL Netherlands/The Netherlands/Netherlands (Kingdom of the)|NZ New Zealand|NI Nicaragua|NE Niger
NG Nigeria|MK North Macedonia|NO Norway|OM Oman|PK Pakistan|PW Palau|PA Panama|PG Papua New Guinea
PY Paraguay|PE Peru|PH Philippines|PL Poland|PT Portugal|QA Qatar|MD Moldova/Republic of Moldova
RO Romania|RU Russian Federation/Russia|RW Rwanda|KN Saint Kitts and Nevis|LC Saint Lucia
VC Saint Vincent and the Grenadines|WS Samoa|SM San Marino|ST Sao Tome and Principe|SA Saudi Arabia
SN Senegal|RS Serbia|SC Seychelles|SL Sierra Leone|SG Singapore|SK Slovakia|SI Slovenia
SB Solomon Islands|SO Somalia|ZA South Africa|SS South Sudan|ES Spain|LK Sri Lanka
PS State of Palestine/Palestine|SD Sudan|SR Suriname|SE Sweden|CH Switzerland
SY Syrian Arab Republic/Syria|TJ Tajikistan|TH Thailand|TL Timor-Leste|TG Togo|TO Tonga
TT Trinidad and Tobago|TN Tunisia|TR Türkiye/Turkey|TM Turkmenistan|TV Tuvalu|UG Uganda|UA Ukraine
AE United Arab Emirates/UAE
GB United Kingdom/United Kingdom of Great Britain and Northern Ireland/UK/Great Britain
TZ United Republic of Tanzania/Tanzania|US United States of America/United States/USA|UY Uruguay
UZ Uzbekistan|VU Vanuatu|VE Venezuela/Venezuela (Bolivarian Republic of)|VN Viet Nam/Vietnam|YE Yemen
ZM Zambia|ZW Zimbabwe
"""
# The other codes of ISO 3166-1: areas that are no State of their own, kept as the source gave them.
_AREAS = (
    "AI AQ AS AW AX BL BM BQ BV CC CK CW CX EH FK FO GF GG GI GL GP GS GU HK HM IM IO JE KY MF MO MP MQ MS NC"
    " NF NU PF PM PN PR RE SH SJ SX TC TF TK TW UM VG VI WF YT"
)


@cache
def _names() -> dict[str, str]:
    names = {code: code for code in _AREAS.split()}
    for entry in _STATES.replace("\n", "|").strip("|").split("|"):
        code, _, rest = entry.partition(" ")
        names[code] = code
        for name in rest.split("/"):
            names[_folded(name)] = code
    return names


def _folded(name: str) -> str:
    return name.strip().casefold().replace("’", "'").replace("&", "and").removeprefix("the ")


def state_named(text: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a code or of an English name; None where it names no one State."""
    names = _names()
    return names.get(text.strip().upper()) or names.get(_folded(text))
