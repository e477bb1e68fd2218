import { isAscii, normalizeText } from '../message/normalize.ts';

/**
 * Wordings that unwanted mail lives on, by what they are after. Written without accents and in lower case, words
 * apart, phrases apart by semicolons; French and English first, with the most common ones of Spanish, Portuguese,
 * German and Italian.
 */
export const phraseTable = {
  askPassword: `
    verify your account; verify your identity; verify your email; verify your mailbox; verify your
    wallet; verify your information; confirm your account; confirm your identity; confirm your password;
    confirm your information; confirm your details; update your account; update your information; update
    your password; update your payment; update your billing; validate your account; validate your email;
    validate your mailbox; keep my password; keep same password; keep current password; current
    password; your password will expire; your password expires; password expiration; password expiry;
    enter your password; recovery phrase; seed phrase; secret phrase; restore your account; restore
    access; unlock your account; reactivate your account; verifiez votre compte; verifier votre compte;
    verifier votre identite; verifiez votre identite; confirmez votre compte; confirmer votre compte;
    confirmez votre identite; confirmer votre identite; confirmer vos informations; confirmez vos
    informations; mettre a jour vos informations; mettez a jour vos informations; mettre a jour votre
    compte; mettez a jour vos coordonnees; mettre a jour vos coordonnees; coordonnees bancaires; votre
    mot de passe expire; votre mot de passe va expirer; reactiver votre compte; reactivez votre compte;
    debloquer votre compte; activer votre pass; code confidentiel; verifique su cuenta; verificar su
    cuenta; confirme su identidad; actualice sus datos; actualizar sus datos; verifique sua conta;
    atualize seus dados; atualizar seus dados; confirme seus dados; atualizacao cadastral;
    recadastramento; bestatigen sie ihr konto; bestatigen sie ihre; ihre daten aktualisieren; verifica
    il tuo account; aggiorna i tuoi dati; conferma la tua identita`,
  accountTrouble: `
    account has been suspended; account has been limited; account has been locked; account has been
    disabled; account will be suspended; account will be closed; account will be deleted; account will
    be terminated; account will be locked; account suspension; account is on hold; account is suspended;
    account on hold; has been blocked; has been temporarily; temporarily suspended; temporarily limited;
    unusual activity; unusual sign in; unusual login; suspicious activity; suspicious login; suspicious
    transaction; unauthorized access; unauthorized transaction; unauthorised transaction; security
    alert; someone tried to; new sign in; mailbox is full; mailbox is almost full; mailbox storage;
    storage is full; storage limit; storage full; quota exceeded; exceeded its quota; exceeded the
    storage; pending messages; undelivered messages; messages pending; incoming messages; held messages;
    messages on hold; could not be delivered due; failed to deliver; payment failed; payment was
    declined; payment has been declined; billing problem; membership has expired; subscription has
    expired; has expired; expires today; will expire today; votre compte a ete suspendu; votre compte a
    ete bloque; votre compte sera suspendu; votre compte sera ferme; compte bloque; compte suspendu;
    acces limite; acces suspendu; activite inhabituelle; activite suspecte; connexion inhabituelle;
    connexion suspecte; transaction suspecte; boite mail est pleine; boite aux lettres est pleine;
    espace de stockage; messages en attente; paiement refuse; paiement a echoue; prelevement rejete;
    dernier rappel; dernier avertissement; regulariser votre situation; regularisez votre situation; su
    cuenta ha sido; cuenta suspendida; cuenta bloqueada; actividad inusual; sua conta foi; conta
    suspensa; conta bloqueada; foi bloqueada; foi bloqueado; sera bloqueado; sera bloqueada; sera
    cancelado; debito pendente; pendencia; ihr konto wurde; konto gesperrt; konto wurde gesperrt;
    eingeschrankt; account e stato sospeso; attivita sospetta`,
  parcel: `
    your package; your parcel; your shipment; package is waiting; parcel is waiting; delivery attempt;
    delivery failed; unable to deliver; shipping fee; delivery fee; customs fee; customs duty;
    reschedule delivery; reschedule your delivery; tracking code; votre colis; colis en attente; frais
    de livraison; frais de port; frais de douane; livraison a echoue; tentative de livraison;
    reprogrammer la livraison; suivre mon colis; su paquete; su envio; seu pacote; sua encomenda; sua
    entrega; taxa de entrega; ihr paket; ihre sendung; il tuo pacco; pacco in attesa`,
  askMoney: `
    million dollars; million us dollars; million united states dollars; million euros; usd million; next
    of kin; transfer of funds; transfer the funds; transfer the money; foreign partner; foreign account;
    beneficiary; inheritance; late husband; late father; deceased client; unclaimed funds; compensation
    fund; atm card; consignment box; trunk box; business proposal; business proposition; mutual benefit;
    strictly confidential; utmost confidence; barrister; god bless you; dear beloved; dear friend;
    dearest one; charity donation; donation of; western union; moneygram; wire transfer; processing fee;
    bitcoin wallet; bitcoin address; send bitcoin; recorded you; gift cards; gift card codes; are you
    available; quick task; bank account details; change of bank details; new bank details; millions de
    dollars; millions d euros; transfert de fonds; heritage; defunt; notaire; virement urgent; mandat
    cash; frais de dossier; carte prepayee; recharge pcs; don humanitaire; cher ami; bien aime; en toute
    confidentialite; changement de rib; nouveau rib; coupons transcash; preter de l argent; offre de
    pret; pret entre particuliers; millones de dolares; milhoes de dolares; herencia; heranca`,
  prize: `
    you have won; you ve won; you are a winner; you have been selected; you ve been selected; you have
    been chosen; you ve been chosen; congratulations; claim your; claim now; claim your reward; claim
    your prize; lottery; lucky winner; winning number; exclusive reward; free gift; loyalty reward;
    complete the survey; short survey; take the survey; airdrop; cash prize; grand prize; vous avez
    gagne; vous avez ete selectionne; vous avez ete tire au sort; felicitations; reclamez votre;
    reclamer votre; heureux gagnant; loterie; tirage au sort; cadeau gratuit; repondez a ce sondage;
    enquete de satisfaction; ha ganado; has sido seleccionado; felicidades; voce ganhou; voce foi
    selecionado; parabens; resgate seus pontos; seus pontos; sie haben gewonnen; herzlichen gluckwunsch;
    hai vinto; congratulazioni`,
  earnMoney: `
    make money; earn money; earn extra; extra income; financial freedom; financial independence; work
    from home; work at home; home based business; be your own boss; no experience; per week; per month
    guaranteed; money making; multi level marketing; get paid; cash flow; huge profits; high returns;
    guaranteed income; investment opportunity; stock alert; hot stock; penny stock; strong buy; price
    target; passive income; trading robot; crypto trading; bitcoin trading; double your; unlimited
    income; turn your computer; residual income; chain letter; mailing list of; reports you ordered;
    gagner de l argent; gagnez de l argent; revenus complementaires; complement de revenu; travail a
    domicile; travailler a domicile; liberte financiere; investissement garanti; rendement garanti;
    gagnez jusqu a; robot de trading; euros par mois; euros par jour; ganhe dinheiro; renda extra; gana
    dinero; ingresos extra; geld verdienen`,
  debt: `
    consolidate your; debt consolidation; get out of debt; eliminate debt; bad credit; no credit check;
    credit repair; mortgage rates; lowest rates; lowest mortgage; refinance; refinancing; interest
    rates; home loan; loan offer; life insurance; term life; insurance quote; pre approved; pre
    qualified; merchant account; accept credit cards; save thousands; free quote; unsecured loan;
    lender; rachat de credit; rachat de credits; regroupement de credits; credit rapide; credit sans
    justificatif; pret immediat; mutuelle sante; assurance vie; taux imbattable; devis gratuit; pompe a
    chaleur; panneaux solaires; isolation a 1 euro; compte formation; compte cpf; droits cpf`,
  medicine: `
    viagra; cialis; levitra; phentermine; xanax; valium; online pharmacy; prescription drugs; without
    prescription; no prescription; weight loss; lose weight; burn fat; fat burning; growth hormone; hgh;
    anti aging; penis; enlargement; erectile; sexual performance; libido; herbal; cbd gummies; keto;
    cure for; human growth; look younger; diet pill; miracle; perte de poids; perdre du poids; perdez du
    poids; maigrir; bruler les graisses; sans ordonnance; pharmacie en ligne; remede miracle; rajeunir;
    complement alimentaire`,
  adult: `
    xxx; porn; hardcore; horny; sexy; nude; naked; hot girls; hot women; webcam girls; live sex; adult
    site; adult content; adults only; over 18; at least 18; 18 years; lonely housewives; hook up; meet
    singles; singles in your area; casino; online casino; gambling; free spins; jackpot; russian women;
    dating site; rencontres coquines; femmes celibataires; celibataires pres de chez vous; rencontre
    sans lendemain; tours gratuits; sexe`,
  selling: `
    act now; order now; order today; buy now; call now; call today; limited time; limited offer; special
    offer; special promotion; special price; risk free; no risk; no obligation; money back guarantee;
    100 guaranteed; satisfaction guaranteed; absolutely free; free trial; free sample; for free; free
    access; free membership; free installation; free shipping; toll free; don t miss; dont miss; while
    supplies last; offer expires; save up to; lowest price; best price; discount; as seen on; credit
    card; click here; click below; click the link; click on the link; click the button; visit our
    website; amazing; incredible; bulk email; bulk e mail; email addresses; e mail addresses; million
    emails; email marketing; search engines; web traffic; guest post; seo services; first page of
    google; toner cartridges; printer cartridges; university diploma; university diplomas; cable
    descrambler; satellite tv; dvd copy; replica watches; rolex; offre limitee; offre exclusive; offre
    speciale; offre exceptionnelle; profitez vite; profitez en; commandez maintenant; cliquez ici;
    cliquer ici; cliquez sur le lien; cliquez sur le bouton; sans engagement; satisfait ou rembourse;
    essai gratuit; code promo; bon plan; vente privee; prix casse; livraison gratuite; derniere chance;
    remise de; reduction de; referencement google; base de donnees emails; clique aqui; haga clic; haz
    clic; clic aqui; klicken sie; hier klicken; clicca qui; oferta`,
  removal: `
    to be removed; be removed from; remove me; removed from our; remove in the subject; remove in
    subject; word remove; to remove yourself; removal instructions; you are receiving this; you received
    this email because; this is not spam; this email is not spam; not spam; opt in; opted in; opt out;
    this message is sent in compliance; in compliance with; senate bill; section 301; one time mailing;
    one time message; this is a one time; our apologies; apologize for any; received this in error;
    received this message in error; further mailings; future mailings; further emails; if you do not
    wish; if you wish to be; if you no longer; advertisement; this is an advertisement; pour ne plus
    recevoir; se desinscrire; desinscription; desabonner; vous recevez cet email; vous recevez ce
    message; ceci n est pas un spam; loi informatique et libertes`,
  urgency: `
    within 24 hours; within 48 hours; within 72 hours; in the next 24 hours; in 24 hours; immediately;
    immediate action; action required; urgent action; urgent; as soon as possible; final notice; final
    warning; last warning; last reminder; final reminder; failure to; avoid suspension; avoid
    interruption; avoid losing; legal action; important notice; important notification; immediate
    attention; permanently deleted; permanently closed; will be deleted; sous 24 heures; sous 48 heures;
    sous 24h; sous 48h; dans les 24 heures; dans les plus brefs delais; action requise; immediatement;
    mise en demeure; a defaut; sous peine; eviter la suspension; definitivement supprime; avis
    important; poursuites judiciaires; urgente; ultimo aviso; ultima notificacao; inmediatamente;
    imediatamente; en 24 horas; em 24 horas; innerhalb von 24; entro 24 ore; dringend; notificacao;
    intimacao`,
  discussion: `
    wrote; writes; a ecrit; schrieb; escribio; i think; i guess; i don t think; thanks for; thank you
    for your help; cheers; regards; see you; my opinion; the patch; the bug; source code; the code; the
    list; mailing list; the server; the kernel; the script; the file; the problem; does anyone; anyone
    know; as far as i; the meeting; attached the minutes; the draft; next week; last week; yesterday;
    this afternoon; je pense; merci pour; a bientot; bonne journee; bonne soiree; cordialement; bises;
    bisous; a demain; la reunion; le compte rendu; la semaine prochaine; hier; on se voit; qu en penses
    tu; qu en pensez vous; le correctif; quelqu un sait; ton message; votre message du`,
} as const satisfies Record<string, string>;

export type PhraseTopic = keyof typeof phraseTable;

interface Phrase {
  readonly topic: PhraseTopic;
  readonly text: string;
  /** The words behind the first one. */
  readonly rest: readonly string[];
}

/** Phrases by their first word. */
export type PhraseIndex = ReadonlyMap<string, readonly Phrase[]>;

/** The table made ready for `findPhrases`. */
export function indexPhrases(): PhraseIndex {
  const index = new Map<string, Phrase[]>();
  for (const [topic, phrases] of Object.entries(phraseTable) as [PhraseTopic, string][]) {
    for (const phrase of phrases.split(';')) {
      const [first = '', ...rest] = phrase.trim().split(/\s+/);
      const row = { topic, text: [first, ...rest].join(' '), rest };
      index.set(first, [...(index.get(first) ?? []), row]);
    }
  }
  return index;
}

/** Distinct phrases of each topic in the text's first 8,000 characters, in order of first sight; one pass. */
export function findPhrases(text: string, index: PhraseIndex): ReadonlyMap<PhraseTopic, readonly string[]> {
  const words = foldedWords(text.slice(0, 8000));
  const found = new Map<PhraseTopic, string[]>();
  for (let at = 0; at < words.length; at++) {
    const phrases = index.get(words[at] ?? '');
    if (!phrases) continue;
    for (const phrase of phrases) {
      if (!follows(words, at + 1, phrase.rest)) continue;
      const list = found.get(phrase.topic) ?? [];
      if (!list.includes(phrase.text)) found.set(phrase.topic, [...list, phrase.text]);
    }
  }
  return found;
}

function follows(words: readonly string[], at: number, rest: readonly string[]): boolean {
  for (let offset = 0; offset < rest.length; offset++) {
    if (words[at + offset] !== rest[offset]) return false;
  }
  return true;
}

function foldedWords(text: string): string[] {
  if (isAscii(text)) return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  // Soft hyphens, zero-width characters and accents off: senders of spam split words with them.
  const plain = normalizeText(text, 'NFKD').replace(/[\p{Mn}\p{Cf}]/gu, '');
  return plain.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
