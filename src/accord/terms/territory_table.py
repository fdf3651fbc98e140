# ruff: noqa: E501
"""The table behind `territory`: data only.

One line per territory: ISO 3166-1 alpha-2, alpha-3, numeric, its time zones (IANA tz database 2026f, `zone.tab`), its name.
Kosovo (XK, user-assigned, as DDEX and the EU write it) has no numeric code. Bouvet and Heard islands have no zone.

One line per CISAC TIS group (Territory Information System, edition of December 2024): numeric code, alphabetic code,
name, and the territories that belong to it now. TIS knows only part of ISO 3166-1: what it does not list is in no group
but 2136 World, so that a group never reaches a place it may not mean.
"""

from __future__ import annotations

VERSION = "2026-11"

TERRITORIES = """
AD AND 020 Europe/Andorra Andorra
AE ARE 784 Asia/Dubai United Arab Emirates
AF AFG 004 Asia/Kabul Afghanistan
AG ATG 028 America/Antigua Antigua and Barbuda
AI AIA 660 America/Anguilla Anguilla
AL ALB 008 Europe/Tirane Albania
AM ARM 051 Asia/Yerevan Armenia
AO AGO 024 Africa/Luanda Angola
AQ ATA 010 Antarctica/McMurdo,Antarctica/Casey,Antarctica/Davis,Antarctica/DumontDUrville,Antarctica/Mawson,Antarctica/Palmer,Antarctica/Rothera,Antarctica/Syowa,Antarctica/Troll,Antarctica/Vostok Antarctica
AR ARG 032 America/Argentina/Buenos_Aires,America/Argentina/Cordoba,America/Argentina/Salta,America/Argentina/Jujuy,America/Argentina/Tucuman,America/Argentina/Catamarca,America/Argentina/La_Rioja,America/Argentina/San_Juan,America/Argentina/Mendoza,America/Argentina/San_Luis,America/Argentina/Rio_Gallegos,America/Argentina/Ushuaia Argentina
AS ASM 016 Pacific/Pago_Pago American Samoa
AT AUT 040 Europe/Vienna Austria
AU AUS 036 Australia/Lord_Howe,Antarctica/Macquarie,Australia/Hobart,Australia/Melbourne,Australia/Sydney,Australia/Broken_Hill,Australia/Brisbane,Australia/Lindeman,Australia/Adelaide,Australia/Darwin,Australia/Perth,Australia/Eucla Australia
AW ABW 533 America/Aruba Aruba
AX ALA 248 Europe/Mariehamn Åland Islands
AZ AZE 031 Asia/Baku Azerbaijan
BA BIH 070 Europe/Sarajevo Bosnia and Herzegovina
BB BRB 052 America/Barbados Barbados
BD BGD 050 Asia/Dhaka Bangladesh
BE BEL 056 Europe/Brussels Belgium
BF BFA 854 Africa/Ouagadougou Burkina Faso
BG BGR 100 Europe/Sofia Bulgaria
BH BHR 048 Asia/Bahrain Bahrain
BI BDI 108 Africa/Bujumbura Burundi
BJ BEN 204 Africa/Porto-Novo Benin
BL BLM 652 America/St_Barthelemy Saint Barthélemy
BM BMU 060 Atlantic/Bermuda Bermuda
BN BRN 096 Asia/Brunei Brunei Darussalam
BO BOL 068 America/La_Paz Bolivia
BQ BES 535 America/Kralendijk Bonaire, Sint Eustatius and Saba
BR BRA 076 America/Noronha,America/Belem,America/Fortaleza,America/Recife,America/Araguaina,America/Maceio,America/Bahia,America/Sao_Paulo,America/Campo_Grande,America/Cuiaba,America/Santarem,America/Porto_Velho,America/Boa_Vista,America/Manaus,America/Eirunepe,America/Rio_Branco Brazil
BS BHS 044 America/Nassau Bahamas
BT BTN 064 Asia/Thimphu Bhutan
BV BVT 074 - Bouvet Island
BW BWA 072 Africa/Gaborone Botswana
BY BLR 112 Europe/Minsk Belarus
BZ BLZ 084 America/Belize Belize
CA CAN 124 America/St_Johns,America/Halifax,America/Glace_Bay,America/Moncton,America/Goose_Bay,America/Blanc-Sablon,America/Toronto,America/Iqaluit,America/Atikokan,America/Winnipeg,America/Resolute,America/Rankin_Inlet,America/Regina,America/Swift_Current,America/Edmonton,America/Cambridge_Bay,America/Inuvik,America/Vancouver,America/Creston,America/Dawson_Creek,America/Fort_Nelson,America/Whitehorse,America/Dawson Canada
CC CCK 166 Indian/Cocos Cocos (Keeling) Islands
CD COD 180 Africa/Kinshasa,Africa/Lubumbashi Congo, The Democratic Republic of the
CF CAF 140 Africa/Bangui Central African Republic
CG COG 178 Africa/Brazzaville Congo
CH CHE 756 Europe/Zurich Switzerland
CI CIV 384 Africa/Abidjan Côte d'Ivoire
CK COK 184 Pacific/Rarotonga Cook Islands
CL CHL 152 America/Santiago,America/Coyhaique,America/Punta_Arenas,Pacific/Easter Chile
CM CMR 120 Africa/Douala Cameroon
CN CHN 156 Asia/Shanghai,Asia/Urumqi China
CO COL 170 America/Bogota Colombia
CR CRI 188 America/Costa_Rica Costa Rica
CU CUB 192 America/Havana Cuba
CV CPV 132 Atlantic/Cape_Verde Cabo Verde
CW CUW 531 America/Curacao Curaçao
CX CXR 162 Indian/Christmas Christmas Island
CY CYP 196 Asia/Nicosia,Asia/Famagusta Cyprus
CZ CZE 203 Europe/Prague Czechia
DE DEU 276 Europe/Berlin,Europe/Busingen Germany
DJ DJI 262 Africa/Djibouti Djibouti
DK DNK 208 Europe/Copenhagen Denmark
DM DMA 212 America/Dominica Dominica
DO DOM 214 America/Santo_Domingo Dominican Republic
DZ DZA 012 Africa/Algiers Algeria
EC ECU 218 America/Guayaquil,Pacific/Galapagos Ecuador
EE EST 233 Europe/Tallinn Estonia
EG EGY 818 Africa/Cairo Egypt
EH ESH 732 Africa/El_Aaiun Western Sahara
ER ERI 232 Africa/Asmara Eritrea
ES ESP 724 Europe/Madrid,Africa/Ceuta,Atlantic/Canary Spain
ET ETH 231 Africa/Addis_Ababa Ethiopia
FI FIN 246 Europe/Helsinki Finland
FJ FJI 242 Pacific/Fiji Fiji
FK FLK 238 Atlantic/Stanley Falkland Islands (Malvinas)
FM FSM 583 Pacific/Chuuk,Pacific/Pohnpei,Pacific/Kosrae Micronesia, Federated States of
FO FRO 234 Atlantic/Faroe Faroe Islands
FR FRA 250 Europe/Paris France
GA GAB 266 Africa/Libreville Gabon
GB GBR 826 Europe/London United Kingdom
GD GRD 308 America/Grenada Grenada
GE GEO 268 Asia/Tbilisi Georgia
GF GUF 254 America/Cayenne French Guiana
GG GGY 831 Europe/Guernsey Guernsey
GH GHA 288 Africa/Accra Ghana
GI GIB 292 Europe/Gibraltar Gibraltar
GL GRL 304 America/Nuuk,America/Danmarkshavn,America/Scoresbysund,America/Thule Greenland
GM GMB 270 Africa/Banjul Gambia
GN GIN 324 Africa/Conakry Guinea
GP GLP 312 America/Guadeloupe Guadeloupe
GQ GNQ 226 Africa/Malabo Equatorial Guinea
GR GRC 300 Europe/Athens Greece
GS SGS 239 Atlantic/South_Georgia South Georgia and the South Sandwich Islands
GT GTM 320 America/Guatemala Guatemala
GU GUM 316 Pacific/Guam Guam
GW GNB 624 Africa/Bissau Guinea-Bissau
GY GUY 328 America/Guyana Guyana
HK HKG 344 Asia/Hong_Kong Hong Kong
HM HMD 334 - Heard Island and McDonald Islands
HN HND 340 America/Tegucigalpa Honduras
HR HRV 191 Europe/Zagreb Croatia
HT HTI 332 America/Port-au-Prince Haiti
HU HUN 348 Europe/Budapest Hungary
ID IDN 360 Asia/Jakarta,Asia/Pontianak,Asia/Makassar,Asia/Jayapura Indonesia
IE IRL 372 Europe/Dublin Ireland
IL ISR 376 Asia/Jerusalem Israel
IM IMN 833 Europe/Isle_of_Man Isle of Man
IN IND 356 Asia/Kolkata India
IO IOT 086 Indian/Chagos British Indian Ocean Territory
IQ IRQ 368 Asia/Baghdad Iraq
IR IRN 364 Asia/Tehran Iran
IS ISL 352 Atlantic/Reykjavik Iceland
IT ITA 380 Europe/Rome Italy
JE JEY 832 Europe/Jersey Jersey
JM JAM 388 America/Jamaica Jamaica
JO JOR 400 Asia/Amman Jordan
JP JPN 392 Asia/Tokyo Japan
KE KEN 404 Africa/Nairobi Kenya
KG KGZ 417 Asia/Bishkek Kyrgyzstan
KH KHM 116 Asia/Phnom_Penh Cambodia
KI KIR 296 Pacific/Tarawa,Pacific/Kanton,Pacific/Kiritimati Kiribati
KM COM 174 Indian/Comoro Comoros
KN KNA 659 America/St_Kitts Saint Kitts and Nevis
KP PRK 408 Asia/Pyongyang North Korea
KR KOR 410 Asia/Seoul South Korea
KW KWT 414 Asia/Kuwait Kuwait
KY CYM 136 America/Cayman Cayman Islands
KZ KAZ 398 Asia/Almaty,Asia/Qyzylorda,Asia/Qostanay,Asia/Aqtobe,Asia/Aqtau,Asia/Atyrau,Asia/Oral Kazakhstan
LA LAO 418 Asia/Vientiane Laos
LB LBN 422 Asia/Beirut Lebanon
LC LCA 662 America/St_Lucia Saint Lucia
LI LIE 438 Europe/Vaduz Liechtenstein
LK LKA 144 Asia/Colombo Sri Lanka
LR LBR 430 Africa/Monrovia Liberia
LS LSO 426 Africa/Maseru Lesotho
LT LTU 440 Europe/Vilnius Lithuania
LU LUX 442 Europe/Luxembourg Luxembourg
LV LVA 428 Europe/Riga Latvia
LY LBY 434 Africa/Tripoli Libya
MA MAR 504 Africa/Casablanca Morocco
MC MCO 492 Europe/Monaco Monaco
MD MDA 498 Europe/Chisinau Moldova
ME MNE 499 Europe/Podgorica Montenegro
MF MAF 663 America/Marigot Saint Martin (French part)
MG MDG 450 Indian/Antananarivo Madagascar
MH MHL 584 Pacific/Majuro,Pacific/Kwajalein Marshall Islands
MK MKD 807 Europe/Skopje North Macedonia
ML MLI 466 Africa/Bamako Mali
MM MMR 104 Asia/Yangon Myanmar
MN MNG 496 Asia/Ulaanbaatar,Asia/Hovd Mongolia
MO MAC 446 Asia/Macau Macao
MP MNP 580 Pacific/Saipan Northern Mariana Islands
MQ MTQ 474 America/Martinique Martinique
MR MRT 478 Africa/Nouakchott Mauritania
MS MSR 500 America/Montserrat Montserrat
MT MLT 470 Europe/Malta Malta
MU MUS 480 Indian/Mauritius Mauritius
MV MDV 462 Indian/Maldives Maldives
MW MWI 454 Africa/Blantyre Malawi
MX MEX 484 America/Mexico_City,America/Cancun,America/Merida,America/Monterrey,America/Matamoros,America/Chihuahua,America/Ciudad_Juarez,America/Ojinaga,America/Mazatlan,America/Bahia_Banderas,America/Hermosillo,America/Tijuana Mexico
MY MYS 458 Asia/Kuala_Lumpur,Asia/Kuching Malaysia
MZ MOZ 508 Africa/Maputo Mozambique
NA NAM 516 Africa/Windhoek Namibia
NC NCL 540 Pacific/Noumea New Caledonia
NE NER 562 Africa/Niamey Niger
NF NFK 574 Pacific/Norfolk Norfolk Island
NG NGA 566 Africa/Lagos Nigeria
NI NIC 558 America/Managua Nicaragua
NL NLD 528 Europe/Amsterdam Netherlands
NO NOR 578 Europe/Oslo Norway
NP NPL 524 Asia/Kathmandu Nepal
NR NRU 520 Pacific/Nauru Nauru
NU NIU 570 Pacific/Niue Niue
NZ NZL 554 Pacific/Auckland,Pacific/Chatham New Zealand
OM OMN 512 Asia/Muscat Oman
PA PAN 591 America/Panama Panama
PE PER 604 America/Lima Peru
PF PYF 258 Pacific/Tahiti,Pacific/Marquesas,Pacific/Gambier French Polynesia
PG PNG 598 Pacific/Port_Moresby,Pacific/Bougainville Papua New Guinea
PH PHL 608 Asia/Manila Philippines
PK PAK 586 Asia/Karachi Pakistan
PL POL 616 Europe/Warsaw Poland
PM SPM 666 America/Miquelon Saint Pierre and Miquelon
PN PCN 612 Pacific/Pitcairn Pitcairn
PR PRI 630 America/Puerto_Rico Puerto Rico
PS PSE 275 Asia/Gaza,Asia/Hebron Palestine, State of
PT PRT 620 Europe/Lisbon,Atlantic/Madeira,Atlantic/Azores Portugal
PW PLW 585 Pacific/Palau Palau
PY PRY 600 America/Asuncion Paraguay
QA QAT 634 Asia/Qatar Qatar
RE REU 638 Indian/Reunion Réunion
RO ROU 642 Europe/Bucharest Romania
RS SRB 688 Europe/Belgrade Serbia
RU RUS 643 Europe/Kaliningrad,Europe/Moscow,Europe/Kirov,Europe/Volgograd,Europe/Astrakhan,Europe/Saratov,Europe/Ulyanovsk,Europe/Samara,Asia/Yekaterinburg,Asia/Omsk,Asia/Novosibirsk,Asia/Barnaul,Asia/Tomsk,Asia/Novokuznetsk,Asia/Krasnoyarsk,Asia/Irkutsk,Asia/Chita,Asia/Yakutsk,Asia/Khandyga,Asia/Vladivostok,Asia/Ust-Nera,Asia/Magadan,Asia/Sakhalin,Asia/Srednekolymsk,Asia/Kamchatka,Asia/Anadyr Russian Federation
RW RWA 646 Africa/Kigali Rwanda
SA SAU 682 Asia/Riyadh Saudi Arabia
SB SLB 090 Pacific/Guadalcanal Solomon Islands
SC SYC 690 Indian/Mahe Seychelles
SD SDN 729 Africa/Khartoum Sudan
SE SWE 752 Europe/Stockholm Sweden
SG SGP 702 Asia/Singapore Singapore
SH SHN 654 Atlantic/St_Helena Saint Helena, Ascension and Tristan da Cunha
SI SVN 705 Europe/Ljubljana Slovenia
SJ SJM 744 Arctic/Longyearbyen Svalbard and Jan Mayen
SK SVK 703 Europe/Bratislava Slovakia
SL SLE 694 Africa/Freetown Sierra Leone
SM SMR 674 Europe/San_Marino San Marino
SN SEN 686 Africa/Dakar Senegal
SO SOM 706 Africa/Mogadishu Somalia
SR SUR 740 America/Paramaribo Suriname
SS SSD 728 Africa/Juba South Sudan
ST STP 678 Africa/Sao_Tome Sao Tome and Principe
SV SLV 222 America/El_Salvador El Salvador
SX SXM 534 America/Lower_Princes Sint Maarten (Dutch part)
SY SYR 760 Asia/Damascus Syria
SZ SWZ 748 Africa/Mbabane Eswatini
TC TCA 796 America/Grand_Turk Turks and Caicos Islands
TD TCD 148 Africa/Ndjamena Chad
TF ATF 260 Indian/Kerguelen French Southern Territories
TG TGO 768 Africa/Lome Togo
TH THA 764 Asia/Bangkok Thailand
TJ TJK 762 Asia/Dushanbe Tajikistan
TK TKL 772 Pacific/Fakaofo Tokelau
TL TLS 626 Asia/Dili Timor-Leste
TM TKM 795 Asia/Ashgabat Turkmenistan
TN TUN 788 Africa/Tunis Tunisia
TO TON 776 Pacific/Tongatapu Tonga
TR TUR 792 Europe/Istanbul Türkiye
TT TTO 780 America/Port_of_Spain Trinidad and Tobago
TV TUV 798 Pacific/Funafuti Tuvalu
TW TWN 158 Asia/Taipei Taiwan
TZ TZA 834 Africa/Dar_es_Salaam Tanzania
UA UKR 804 Europe/Simferopol,Europe/Kyiv Ukraine
UG UGA 800 Africa/Kampala Uganda
UM UMI 581 Pacific/Midway,Pacific/Wake United States Minor Outlying Islands
US USA 840 America/New_York,America/Detroit,America/Kentucky/Louisville,America/Kentucky/Monticello,America/Indiana/Indianapolis,America/Indiana/Vincennes,America/Indiana/Winamac,America/Indiana/Marengo,America/Indiana/Petersburg,America/Indiana/Vevay,America/Chicago,America/Indiana/Tell_City,America/Indiana/Knox,America/Menominee,America/North_Dakota/Center,America/North_Dakota/New_Salem,America/North_Dakota/Beulah,America/Denver,America/Boise,America/Phoenix,America/Los_Angeles,America/Anchorage,America/Juneau,America/Sitka,America/Metlakatla,America/Yakutat,America/Nome,America/Adak,Pacific/Honolulu United States
UY URY 858 America/Montevideo Uruguay
UZ UZB 860 Asia/Samarkand,Asia/Tashkent Uzbekistan
VA VAT 336 Europe/Vatican Holy See (Vatican City State)
VC VCT 670 America/St_Vincent Saint Vincent and the Grenadines
VE VEN 862 America/Caracas Venezuela
VG VGB 092 America/Tortola Virgin Islands, British
VI VIR 850 America/St_Thomas Virgin Islands, U.S.
VN VNM 704 Asia/Ho_Chi_Minh Vietnam
VU VUT 548 Pacific/Efate Vanuatu
WF WLF 876 Pacific/Wallis Wallis and Futuna
WS WSM 882 Pacific/Apia Samoa
XK XKX 000 Europe/Belgrade Kosovo
YE YEM 887 Asia/Aden Yemen
YT MYT 175 Indian/Mayotte Mayotte
ZA ZAF 710 Africa/Johannesburg South Africa
ZM ZMB 894 Africa/Lusaka Zambia
ZW ZWE 716 Africa/Harare Zimbabwe
"""

GROUPS = """
2100 2AF AO,BF,BI,BJ,BW,CD,CF,CG,CI,CM,CV,DJ,DZ,EG,EH,ER,ET,GA,GH,GM,GN,GQ,GW,KE,KM,LR,LS,LY,MA,MG,ML,MR,MU,MW,MZ,NA,NE,NG,RW,SC,SD,SL,SN,SO,SS,ST,SZ,TD,TG,TN,TZ,UG,ZA,ZM,ZW Africa
2101 2AM AG,AR,BB,BO,BR,BS,BZ,CA,CL,CO,CR,CU,DM,DO,EC,GD,GT,GY,HN,HT,JM,KN,LC,MX,NI,PA,PE,PR,PY,SR,SV,TT,US,UY,VC,VE America
2102 2AC AR,BO,BR,BZ,CA,CL,CO,CR,EC,GT,GY,HN,MX,NI,PA,PE,PY,SR,SV,US,UY,VE American Continent
2103 2AN AG,BB,CU,DM,DO,GD,HT,JM,KN,LC,PR,TT,VC Antilles
2104 2AP AU,BN,CA,CL,CN,HK,ID,JP,KR,MO,MX,MY,NZ,PE,PG,PH,PR,RU,SG,TH,TW,US,VN Apec Countries
2105 2AE BN,ID,KH,LA,MM,MY,PH,SG,TH,VN Asean Countries
2106 2AS AE,AF,AM,AZ,BD,BH,BN,BT,CN,CY,GE,HK,ID,IL,IN,IQ,IR,JO,JP,KG,KH,KP,KR,KW,KZ,LA,LB,LK,MM,MN,MO,MV,MY,NP,OM,PH,PK,QA,SA,SG,SY,TH,TJ,TL,TM,TR,TW,UZ,VN,YE Asia
2107 2AA AU,FJ,NC,NZ,SB,VU Australasia
2108 2BA AL,BA,BG,GR,HR,ME,MK,RO,RS,SI Balkans
2109 2BS EE,LT,LV Baltic States
2110 2BE BE,LU,NL Benelux
2111 2BI GB,IE British Isles
2112 2BW AG,BB,BS,DM,GD,JM,KN,LC,TT,VC British West Indies
2113 2CA BZ,CR,GT,HN,NI,PA,SV Central America
2114 2CO AG,AU,BB,BD,BN,BS,BW,BZ,CA,CM,CY,DM,FJ,GB,GD,GH,GM,GY,IN,JM,KE,KI,KN,LC,LK,LS,MT,MU,MV,MW,MY,MZ,NA,NG,NR,NZ,PG,PK,SB,SC,SG,SL,SZ,TO,TT,TV,TZ,UG,VC,VU,WS,ZA,ZM Commonwealth
2115 2CF BW,CM,GH,GM,KE,LS,MU,MW,MZ,NA,NG,SC,SL,SZ,TZ,UG,ZA,ZM Commonwealth African Territories
2116 2CS BD,BN,CY,IN,LK,MV,MY,PK,SG Commonwealth Asian Territories
2117 2CU AU,FJ,NZ,SB,VU Commonwealth Australasian Territories
2118 2CI AM,AZ,BY,KG,KZ,MD,RU,TJ,TM,UZ Commonwealth of Independent States
2119 2EE AL,BG,BY,CZ,EE,HU,LT,LV,MD,PL,RO,RU,SK,UA Eastern Europe
2120 2EU AD,AL,AT,BA,BE,BG,BY,CH,CZ,DE,DK,EE,ES,FI,FR,GB,GR,HR,HU,IE,IS,IT,LI,LT,LU,LV,MC,MD,ME,MK,MT,NL,NO,PL,PT,RO,RS,RU,SE,SI,SK,SM,UA,VA Europe
2121 2EM AT,BE,BG,CY,CZ,DE,DK,EE,ES,FI,FR,GR,HU,IE,IS,IT,LI,LT,LU,LV,MT,NL,NO,PL,PT,RO,SE,SI,SK European Economic Area
2122 2EC AD,AL,AT,BA,BE,BG,BY,CH,CZ,DE,DK,EE,ES,FI,FR,GR,HR,HU,IT,LI,LT,LU,LV,MC,MD,ME,MK,NL,NO,PL,PT,RO,RS,RU,SE,SI,SK,SM,UA,VA European Continent
2123 2EN AT,BE,BG,CY,CZ,DE,DK,EE,ES,FI,FR,GR,HR,HU,IE,IT,LT,LU,LV,MT,NL,PL,PT,RO,SE,SI,SK European Union
2124 2GC AT,CH,DE Gsa Countries
2125 2ME AE,AF,BD,BH,BT,IN,IQ,IR,JO,KW,LK,MN,MV,NP,OM,PK,QA,SA,YE Middle East
2126 2NT CA,MX,PR,US Nafta Countries
2127 2NC DK,FI,IS,NO,SE Nordic Countries
2128 2NF DZ,EG,LY,MA,TN North Africa
2129 2NA CA,MX,US North America
2130 2OC AU,FJ,FM,KI,MH,NC,NR,NZ,PF,PG,PW,SB,TO,TV,VU,WS Oceania
2131 2SC DK,NO,SE Scandinavia
2132 2SA AR,BO,BR,CL,CO,EC,GY,PE,PY,SR,UY,VE South America
2133 2SE BN,ID,KH,LA,MM,MY,PH,SG,TH,TL,VN South East Asia
2134 2WI AG,BB,BS,CU,DM,DO,GD,HT,JM,KN,LC,PR,TT,VC West Indies
2136 2WL * World
"""
