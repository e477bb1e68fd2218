/** Named character references of HTML 4, those of ASCII characters, and letters that mail writes: `name=codepoint`. */
const names = [
  'AElig=c6 AMP=26 Aacute=c1 Abreve=102 Acirc=c2 Agrave=c0 Alpha=391 Aogon=104 Aring=c5 Atilde=c3',
  'Auml=c4 Beta=392 COPY=a9 Cacute=106 Ccaron=10c Ccedil=c7 Chi=3a7 Dagger=2021 Delta=394 Dstrok=110',
  'ETH=d0 Eacute=c9 Ecaron=11a Ecirc=ca Egrave=c8 Eogon=118 Epsilon=395 Eta=397 Euml=cb GT=3e Gamma=393',
  'Gbreve=11e Hat=5e Iacute=cd Icirc=ce Idot=130 Igrave=cc Iota=399 Iuml=cf Kappa=39a LT=3c Lambda=39b',
  'Lstrok=141 Mu=39c Nacute=143 NewLine=a NonBreakingSpace=a0 Ntilde=d1 Nu=39d OElig=152 Oacute=d3',
  'Ocirc=d4 Odblac=150 Ograve=d2 Omega=3a9 Omicron=39f Oslash=d8 Otilde=d5 Ouml=d6 Phi=3a6 Pi=3a0',
  'Prime=2033 Psi=3a8 QUOT=22 REG=ae Rarr=21a0 Rho=3a1 Sacute=15a Scaron=160 Scedil=15e Sigma=3a3',
  'THORN=de Tab=9 Tau=3a4 Tcedil=162 Theta=398 Uacute=da Ucirc=db Udblac=170 Ugrave=d9 Upsilon=3a5',
  'Uuml=dc Xi=39e Yacute=dd Yuml=178 Zacute=179 Zcaron=17d Zdot=17b ZeroWidthSpace=200b Zeta=396',
  'aacute=e1 abreve=103 acirc=e2 acute=b4 aelig=e6 agrave=e0 alefsym=2135 alpha=3b1 amp=26 and=2227',
  'ang=2220 aogon=105 apos=27 aring=e5 ast=2a asymp=2248 atilde=e3 auml=e4 bdquo=201e beta=3b2',
  'bigstar=2605 brvbar=a6 bsol=5c bull=2022 cacute=107 cap=2229 ccaron=10d ccedil=e7 cedil=b8 cent=a2',
  'check=2713 checkmark=2713 chi=3c7 circ=2c6 clubs=2663 colon=3a comma=2c commat=40 cong=2245 copy=a9',
  'crarr=21b5 cross=2717 cup=222a curren=a4 dArr=21d3 dagger=2020 darr=2193 dash=2010 deg=b0 delta=3b4',
  'diams=2666 divide=f7 dollar=24 dstrok=111 eacute=e9 ecaron=11b ecirc=ea egrave=e8 empty=2205',
  'emsp=2003 ensp=2002 eogon=119 epsilon=3b5 equals=3d equiv=2261 eta=3b7 eth=f0 euml=eb euro=20ac',
  'excl=21 exist=2203 female=2640 fflig=fb00 filig=fb01 fllig=fb02 fnof=192 forall=2200 frac12=bd',
  'frac14=bc frac34=be frasl=2044 gamma=3b3 gbreve=11f ge=2265 grave=60 gt=3e hArr=21d4 hairsp=200a',
  'harr=2194 hearts=2665 hellip=2026 horbar=2015 hyphen=2010 iacute=ed icirc=ee iexcl=a1 igrave=ec',
  'image=2111 imath=131 infin=221e inodot=131 int=222b iota=3b9 iquest=bf isin=2208 iuml=ef kappa=3ba',
  'lArr=21d0 lambda=3bb lang=2329 laquo=ab larr=2190 lbrace=7b lbrack=5b lceil=2308 lcub=7b ldquo=201c',
  'le=2264 lfloor=230a lowast=2217 lowbar=5f loz=25ca lpar=28 lrm=200e lsaquo=2039 lsqb=5b lsquo=2018',
  'lstrok=142 lt=3c macr=af male=2642 mdash=2014 micro=b5 middot=b7 minus=2212 mu=3bc nabla=2207',
  'nacute=144 nbsp=a0 ndash=2013 ne=2260 ni=220b not=ac notin=2209 nsub=2284 ntilde=f1 nu=3bd num=23',
  'numsp=2007 oacute=f3 ocirc=f4 odblac=151 oelig=153 ograve=f2 oline=203e omega=3c9 omicron=3bf',
  'oplus=2295 or=2228 ordf=aa ordm=ba oslash=f8 otilde=f5 otimes=2297 ouml=f6 para=b6 part=2202',
  'percnt=25 period=2e permil=2030 perp=22a5 phi=3c6 phone=260e pi=3c0 piv=3d6 plus=2b plusmn=b1',
  'pound=a3 prime=2032 prod=220f prop=221d psi=3c8 puncsp=2008 quest=3f quot=22 rArr=21d2 radic=221a',
  'rang=232a raquo=bb rarr=2192 rbrace=7d rbrack=5d rcaron=159 rceil=2309 rcub=7d rdquo=201d real=211c',
  'reg=ae rfloor=230b rho=3c1 rlm=200f rpar=29 rsaquo=203a rsqb=5d rsquo=2019 sacute=15b sbquo=201a',
  'scaron=161 scedil=15f sdot=22c5 sect=a7 semi=3b shy=ad sigma=3c3 sigmaf=3c2 sim=223c sol=2f',
  'spades=2660 star=2606 starf=2605 sub=2282 sube=2286 sum=2211 sup=2283 sup1=b9 sup2=b2 sup3=b3',
  'supe=2287 szlig=df tau=3c4 tcedil=163 there4=2234 theta=3b8 thetasym=3d1 thinsp=2009 thorn=fe',
  'tilde=2dc times=d7 trade=2122 uArr=21d1 uacute=fa uarr=2191 ucirc=fb udblac=171 ugrave=f9 uml=a8',
  'upsih=3d2 upsilon=3c5 uuml=fc verbar=7c vert=7c weierp=2118 xi=3be yacute=fd yen=a5 yuml=ff',
  'zacute=17a zcaron=17e zdot=17c zeta=3b6 zwj=200d zwnj=200c',
];

/** Those that browsers read without a semicolon, too. */
const bareNames = [
  'AElig AMP Aacute Acirc Agrave Aring Atilde Auml COPY Ccedil ETH Eacute Ecirc Egrave Euml GT Iacute',
  'Icirc Igrave Iuml LT Ntilde Oacute Ocirc Ograve Oslash Otilde Ouml QUOT REG THORN Uacute Ucirc',
  'Ugrave Uuml Yacute aacute acirc acute aelig agrave amp aring atilde auml brvbar ccedil cedil cent',
  'copy curren deg divide eacute ecirc egrave eth euml frac12 frac14 frac34 gt iacute icirc iexcl',
  'igrave iquest iuml laquo lt macr micro middot nbsp not ntilde oacute ocirc ograve ordf ordm oslash',
  'otilde ouml para plusmn pound quot raquo reg sect shy sup1 sup2 sup3 szlig thorn times uacute ucirc',
  'ugrave uml uuml yacute yen yuml',
];

const codePoints: ReadonlyMap<string, number> = new Map(
  names.flatMap(line =>
    line.split(' ').map(entry => {
      const [name, hex] = entry.split('=');
      return [name ?? '', Number.parseInt(hex ?? '', 16)] as const;
    }),
  ),
);

const bare: ReadonlySet<string> = new Set(bareNames.flatMap(line => line.split(' ')));

/** Code points 0x80 to 0x9f of numeric references mean windows-1252 (HTML standard, numeric character references). */
const windows1252 = new TextDecoder('windows-1252');

/** Text of HTML with its character references decoded; `inAttribute` follows the stricter rule for bare names. */
export function decodeEntities(text: string, inAttribute = false): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?|([A-Za-z][A-Za-z0-9]{0,31})(;|=)?)/g,
    (
      whole,
      hex: string | undefined,
      decimal: string | undefined,
      name: string | undefined,
      after?: string,
    ) => {
      if (hex !== undefined) return fromNumber(hex, 16);
      if (decimal !== undefined) return fromNumber(decimal, 10);
      return fromName(whole, name ?? '', after ?? '', inAttribute);
    },
  );
}

function fromName(whole: string, name: string, after: string, inAttribute: boolean): string {
  const exact = codePoints.get(name);
  if (after === ';' && exact !== undefined) return String.fromCodePoint(exact);
  if (inAttribute) {
    const isBare = after === '' && bare.has(name) && exact !== undefined;
    return isBare ? String.fromCodePoint(exact) : whole;
  }
  for (let length = Math.min(name.length, 6); length >= 2; length--) {
    const prefix = name.slice(0, length);
    const code = bare.has(prefix) ? codePoints.get(prefix) : undefined;
    if (code !== undefined) return String.fromCodePoint(code) + whole.slice(length + 1);
  }
  return whole;
}

function fromNumber(digits: string, base: 10 | 16): string {
  const code = Number.parseInt(digits.replace(/^0+/, '').slice(0, 10) || '0', base);
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return '\ufffd';
  if (code >= 0x80 && code <= 0x9f) return windows1252.decode(new Uint8Array([code]));
  return String.fromCodePoint(code);
}
