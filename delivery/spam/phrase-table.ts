/**
 * Wordings that unwanted mail lives on, by what they are after. Written without accents and in lower case, words
 * apart, phrases apart by semicolons; French and English first, with the most common ones of German, Dutch, Spanish,
 * Portuguese, Italian and Polish. A word of ordinary talk stands only in a wording that says more than the word.
 */
export const phraseTable = {
  askPassword: `
    verify your account; verify your identity; verify your mailbox; verify your information; confirm
    your account; confirm your identity; confirm your password; confirm your information; confirm your
    details; update your account; update your information; update your password; update your payment;
    update your billing; validate your account; validate your mailbox; keep my password; keep same
    password; keep current password; your password will expire; your password expires; password
    expiration; password expiry; enter your password; restore your account; restore access; unlock your
    account; reactivate your account; verifiez votre compte; verifier votre compte; verifier votre
    identite; verifiez votre identite; confirmez votre compte; confirmer votre compte; confirmez votre
    identite; confirmer votre identite; confirmer vos informations; confirmez vos informations; mettre a
    jour vos informations; mettez a jour vos informations; mettre a jour votre compte; mettez a jour vos
    coordonnees; mettre a jour vos coordonnees; coordonnees bancaires; votre mot de passe expire; votre
    mot de passe va expirer; reactiver votre compte; reactivez votre compte; debloquer votre compte;
    activer votre pass; code confidentiel; verifique su cuenta; verificar su cuenta; confirme su
    identidad; actualice sus datos; actualizar sus datos; verifique sua conta; atualize seus dados;
    atualizar seus dados; confirme seus dados; atualizacao cadastral; recadastramento; bestatigen sie
    ihr konto; bestatigen sie ihre; ihre daten aktualisieren; verifica il tuo account; aggiorna i tuoi
    dati; conferma la tua identita; confirm ownership; verify ownership; verify your device; verify your
    recovery; wallet verification; verification is required; identity verification; complete
    verification; complete the verification; re verify; reverify; kyc verification; update your payment
    method; update your payment information; update payment details; update your card; update billing
    information; re enter your; sign in to your account to; log in to your account to; login to confirm;
    login to your mailbox; sign in to continue; sign in to release; continue with the same password;
    continue using the same password; retain your password; keep the same password; password is set to
    expire; password is due to expire; password will expire; password has expired; upgrade your mailbox;
    update your mailbox; upgrade your account; restore full access; regain access; recover your account;
    secure your account; authenticate your account; reauthenticate; re authenticate; activate two
    factor; mot de passe actuel; conserver votre mot de passe; conserver le meme mot de passe; garder le
    meme mot de passe; mot de passe de votre messagerie; mot de passe expire; validez votre compte;
    valider votre compte; actualiser vos informations; actualisez vos informations; actualiser vos
    donnees; mettez a jour votre compte; mettre a jour vos donnees; mettre a jour votre moyen de
    paiement; mettez a jour votre moyen de paiement; mise a jour obligatoire; mise a jour de vos
    informations; mise a jour de votre compte; retablir l acces; securiser votre compte; securisez votre
    compte; renouveler votre carte; certicode plus; cle digitale; verifique su identidad; verificar su
    identidad; verifique su correo; confirme su cuenta; confirmar sus datos; confirme sus datos;
    actualice su cuenta; actualice su informacion; actualizar su cuenta; reactivar su cuenta; contrasena
    caduca; contrasena vence; iniciar sesion para; verificar sua conta; confirmar seus dados; confirme
    sua identidade; confirmar sua identidade; confirme sua conta; atualize sua conta; atualize seu
    cadastro; atualizar seu cadastro; atualizar cadastro; atualize suas informacoes; regularize sua
    situacao; regularizar sua situacao; desbloquear sua conta; reativar sua conta; acessar sua conta;
    validar seus dados; validacao de dados; token vencido; dispositivo nao autorizado; konto bestatigen;
    daten bestatigen; ihre daten zu bestatigen; ihre daten bestatigen; identitat bestatigen; angaben
    bestatigen; konto verifizieren; verifizieren sie; daten aktualisieren; aktualisieren sie ihre;
    aktualisierung ihrer; aktualisierung erforderlich; passwort lauft ab; legitimieren; legitimieren
    sie; konto wiederherstellen; zugang wiederherstellen; pushtan aktualisieren; pushtan verbindung; tan
    verfahren; jetzt bestatigen; jetzt verifizieren; jetzt aktualisieren; zahlungsmethode aktualisieren;
    uw account bevestigen; bevestig uw; gegevens bijwerken; gegevens te controleren; bijwerken van uw;
    verifieer uw; identiteit bevestigen; wachtwoord verloopt; vernieuw uw; vernieuwen van uw; uw
    betaalpas; nieuwe bankpas; scanner activeren; verifica la tua; verifica il suo; verificare il tuo;
    conferma i tuoi; confermare i suoi; aggiornare i suoi dati; aggiorna le tue informazioni;
    aggiornamento dei dati; riattivare il conto; le sue credenziali; accedi al tuo conto; accesso al
    conto; zweryfikuj swoje; potwierdz swoje; zaktualizuj dane`,
  accountTrouble: `
    account has been suspended; account has been limited; account has been locked; account has been
    disabled; account will be suspended; account will be closed; account will be deleted; account will
    be terminated; account will be locked; account suspension; account is on hold; account is suspended;
    account on hold; temporarily suspended; temporarily limited; unusual activity; unusual sign in;
    unusual login; suspicious activity; suspicious login; suspicious transaction; unauthorized access;
    unauthorized transaction; unauthorised transaction; security alert; new sign in; mailbox is full;
    mailbox is almost full; mailbox storage; storage is full; storage limit; storage full; quota
    exceeded; exceeded its quota; exceeded the storage; pending messages; undelivered messages; messages
    pending; incoming messages; held messages; messages on hold; could not be delivered due; payment
    failed; payment was declined; payment has been declined; billing problem; membership has expired;
    subscription has expired; expires today; will expire today; votre compte a ete suspendu; votre
    compte a ete bloque; votre compte sera suspendu; votre compte sera ferme; compte bloque; compte
    suspendu; acces limite; acces suspendu; activite inhabituelle; activite suspecte; connexion
    inhabituelle; connexion suspecte; transaction suspecte; boite mail est pleine; boite aux lettres est
    pleine; espace de stockage; messages en attente; paiement refuse; paiement a echoue; prelevement
    rejete; dernier rappel; dernier avertissement; regulariser votre situation; regularisez votre
    situation; su cuenta ha sido; cuenta suspendida; cuenta bloqueada; actividad inusual; sua conta foi;
    conta suspensa; conta bloqueada; foi bloqueada; foi bloqueado; sera bloqueado; sera bloqueada; sera
    cancelado; debito pendente; ihr konto wurde; konto gesperrt; konto wurde gesperrt; eingeschrankt;
    account e stato sospeso; attivita sospetta; account is restricted; account restricted; account has
    been restricted; account is limited; account limited; account locked; account is locked; account
    blocked; account is blocked; account disabled; account closure; account deactivation; account will
    be deactivated; account will be disabled; account will be restricted; account will be blocked;
    account is at risk; account at risk; access is restricted; access restricted; restricted access;
    suspension of your account; service interruption; service suspension; service will be suspended;
    subscription expired; subscription will; auto renewal; has been renewed; renewal failed; renewal
    notice; failed payment; payment failure; payment issue; payment problem; payment overdue; payment
    pending; unable to process your payment; could not process your payment; couldn t process your
    payment; problem with your payment; update required; sign in attempt; login attempt; unrecognized
    device; unknown device; unrecognised device; unusual sign; security breach; data breach; security
    notice; security notification; security check; infected with; viruses detected; virus detected;
    protection expired; protection has expired; antivirus expired; storage is almost full; storage
    almost full; running out of storage; out of storage; files will be deleted; photos will be deleted;
    exceeded storage; mailbox quota; mailbox has exceeded; mailbox is over; email quota; undelivered
    mails; undelivered emails; unreceived messages; blocked messages; quarantined messages; messages are
    being held; emails are being held; emails on hold; deactivation request; request to deactivate;
    terminate your; termination request; tax refund; tax rebate; eligible for a refund; refund is
    pending; pending refund; unclaimed refund; outstanding payment; overdue payment; unpaid invoice;
    unpaid toll; unpaid fine; final demand; domain expired; domain has expired; domain will expire;
    hosting expired; mis a jour votre compte; compte restreint; compte limite; compte sera bloque;
    compte sera supprime; compte sera desactive; compte desactive; compte a ete limite; compte a ete
    restreint; compte a ete desactive; acces restreint; acces bloque; suspension de votre compte;
    tentative de connexion; tentative de fraude; nouvelle connexion; nouvel appareil; appareil inconnu;
    operation suspecte; operation inhabituelle; paiement en attente; paiement suspect; prelevement en
    attente; probleme de paiement; echec de paiement; facture impayee; amende impayee; avis de
    contravention; remboursement en attente; remboursement d impot; vous etes eligible; abonnement
    expire; abonnement a expire; renouvellement de votre; quota depasse; stockage plein; stockage
    sature; boite de reception est pleine; messages bloques; messages non distribues; actividad
    sospechosa; acceso suspendido; acceso limitado; cuenta restringida; cuenta limitada; cuenta sera;
    pago rechazado; pago pendiente; factura pendiente; almacenamiento lleno; buzon lleno; conta sera;
    acesso bloqueado; acesso suspenso; cartao bloqueado; compra aprovada; compra suspeita; pagamento
    pendente; pagamento recusado; fatura em atraso; boleto em aberto; boleto vencido; divida ativa; cpf
    irregular; seu cpf; debito em aberto; intimacao eletronica; ordem judicial; konto eingeschrankt;
    konto vorubergehend; vorubergehend gesperrt; vorubergehend eingeschrankt; sperrung ihres; zugang
    gesperrt; zugriff eingeschrankt; ungewohnliche aktivitat; verdachtige aktivitat; ungewohnliche
    anmeldung; verdachtige transaktion; sicherheitswarnung; sicherheitshinweis; sicherheitsgrunden;
    zahlung fehlgeschlagen; zahlung abgelehnt; zahlungsproblem; offene rechnung; offener betrag; letzte
    mahnung; steuererstattung; ruckerstattung; abonnement abgelaufen; abo abgelaufen; abonnement ist
    abgelaufen; abonnement lauft; ihr abonnement; speicher voll; postfach voll; ihr gerat; viren
    gefunden; geblokkeerd; wordt geblokkeerd; rekening geblokkeerd; account geblokkeerd; account
    opgeschort; opgeschort; verdachte activiteit; ongebruikelijke activiteit; verdachte transactie;
    betaling mislukt; betaling geweigerd; openstaande betaling; openstaand bedrag; openstaande factuur;
    betalingsachterstand; aanmaning; laatste aanmaning; teruggave; abonnement verlopen; abonnement is
    verlopen; opslag vol; postvak vol; conto sospeso; conto limitato; conto bloccato; accesso limitato;
    accesso sospeso; carta bloccata; carta sospesa; attivita insolita; pagamento rifiutato; pagamento
    non riuscito; abbonamento scaduto; spazio di archiviazione; utenza sospesa; konto zostalo;
    zawieszone; zablokowane; nieudana platnosc; nieoplacona`,
  parcel: `
    package is waiting; parcel is waiting; delivery attempt; delivery failed; unable to deliver;
    shipping fee; delivery fee; customs fee; customs duty; reschedule delivery; reschedule your
    delivery; votre colis; colis en attente; frais de livraison; frais de douane; livraison a echoue;
    tentative de livraison; reprogrammer la livraison; suivre mon colis; su paquete; seu pacote; sua
    encomenda; sua entrega; taxa de entrega; ihr paket; il tuo pacco; pacco in attesa; your order is on
    hold; shipment is on hold; parcel is on hold; package is on hold; package on hold; parcel on hold;
    held at customs; customs clearance; customs charges; import duty; import fee; redelivery; redelivery
    fee; re delivery; incorrect address; incomplete address; address is incomplete; missing house
    number; confirm your delivery; confirm delivery; delivery suspended; delivery on hold; delivery
    pending; pending delivery; pending package; pending parcel; unable to be delivered; could not be
    delivered; couldn t be delivered; missed delivery; missed your delivery; schedule your delivery;
    stopped at our; distribution center; votre paquet; colis est en attente; colis est arrive; colis
    bloque; colis retenu; colis suspendu; colis n a pas pu; n a pas pu etre livre; adresse incomplete;
    adresse incorrecte; nouvelle livraison; reprogrammer votre; confirmer la livraison; confirmer votre
    livraison; dedouanement; frais de traitement; frais de reexpedition; paquete retenido; paquete en
    espera; entrega fallida; direccion incompleta; direccion incorrecta; tasas de aduana; encomenda
    retida; encomenda foi; encomenda taxada; objeto retido; objeto postal; foi taxada; foi taxado; taxa
    de importacao; taxa alfandegaria; liberar a entrega; liberar sua; entrega pendente; endereco
    incompleto; endereco incorreto; rastrear encomenda; paket konnte nicht; paket wartet; sendung
    wartet; sendung konnte nicht; zustellung fehlgeschlagen; zustellung nicht moglich; zustellversuch;
    zollgebuhr; zollgebuhren; versandgebuhr; lieferung bestatigen; neue zustellung; ihre bestellung
    wartet; pakket wacht; pakket kon niet; bezorging mislukt; bezorgpoging; bezorgkosten; invoerrechten;
    adres onvolledig; il suo pacco; pacco e stato; consegna fallita; consegna non riuscita; spese
    doganali; indirizzo errato; indirizzo incompleto; twoja przesylka; twoja paczka`,
  askMoney: `
    million dollars; million us dollars; million united states dollars; million euros; usd million; next
    of kin; transfer of funds; transfer the funds; transfer the money; foreign partner; foreign account;
    beneficiary; late husband; late father; deceased client; unclaimed funds; compensation fund; atm
    card; consignment box; trunk box; business proposal; business proposition; mutual benefit; strictly
    confidential; utmost confidence; barrister; god bless you; dear beloved; dearest one; charity
    donation; donation of; western union; moneygram; wire transfer; processing fee; bitcoin wallet;
    bitcoin address; send bitcoin; recorded you; gift cards; gift card codes; are you available; quick
    task; bank account details; change of bank details; new bank details; millions de dollars; millions
    d euros; transfert de fonds; defunt; notaire; virement urgent; mandat cash; frais de dossier; carte
    prepayee; recharge pcs; don humanitaire; cher ami; bien aime; en toute confidentialite; changement
    de rib; nouveau rib; coupons transcash; preter de l argent; offre de pret; pret entre particuliers;
    millones de dolares; milhoes de dolares; herencia; heranca; million usd; million pounds; million
    gbp; million eur; billion dollars; hundred thousand dollars; united states dollars; the sum of;
    total sum; your funds; fund transfer; funds transfer; release of your; release your; compensation
    payment; compensation of; payment file; beneficiary of; as the beneficiary; rightful beneficiary;
    unclaimed inheritance; inheritance fund; bank draft; certified check; bank of africa; central bank
    of; diplomatic agent; delivery of your atm; contact my lawyer; my late; late client; same last name;
    terminal cancer; diagnosed with cancer; cancer patient; orphanage; less privileged; military
    officer; us army; gold bars; kilograms of gold; crude oil; investment partner; invest in your
    country; invest in your; trusted person; reliable person; god fearing; in the name of god; remain
    blessed; stay blessed; humanitarian; philanthropist; donate to you; donating to you; donated to you;
    charity project; charity work; voluntarily decided; your full name; full names; reply urgently;
    urgent response; for further details; i await your; await your response; awaiting your; contact me
    via; contact me on; my private email; business deal; lucrative; profit sharing; loan at; loan
    company; project funding; quick favor; quick favour; small favor; small favour; are you at your
    desk; need you to purchase; purchase some gift; itunes card; steam card; google play card; apple
    gift card; can t talk; your whatsapp; whatsapp number; direct deposit; update my bank; change my
    bank; new account details; updated bank; swift code; vendor payment; wire payment; pay the attached;
    proof of payment; remittance advice; payment advice; millions euros; millions de francs; la somme
    de; somme de; ma fortune; ma succession; feu mon; mon defunt; defunte; en phase terminale;
    orphelins; veuve; don de; faire don; leguer; heritier; heritiere; beneficiaire; compte sequestre;
    compte etranger; banque africaine; directeur de banque; besoin de votre aide; besoin de ton aide;
    rendre un service; petit service; es tu disponible; etes vous disponible; es tu la; carte itunes;
    cartes cadeaux; carte cadeau; tickets neosurf; pcs mastercard; ton numero; mon adresse privee; que
    dieu; dieu vous benisse; financement de; pret de; de confiance et; reponse urgente; virement
    bancaire; virement immediat; virement en urgence; coordonnees bancaires de; rib joint; nouveau
    compte bancaire; millones de euros; millones de; donacion; fallecido; difunto; heredero;
    beneficiario; milhoes de; heranca de; falecido; doacao; millionen euro; millionen dollar; millionen
    us; spende von; spenden; erbschaft; nachlass; verstorbene; verstorbenen; begunstigter; begunstigten;
    witwe; miljoen euro; miljoen dollar; erfenis; schenking; donatie; begunstigde; overleden; milioni di
    euro; milioni di dollari; donazione; eredita; defunto`,
  prize: `
    you have won; you ve won; you are a winner; you have been selected; you ve been selected; you have
    been chosen; you ve been chosen; congratulations; claim your; claim now; claim your reward; claim
    your prize; lottery; lucky winner; winning number; exclusive reward; free gift; loyalty reward;
    complete the survey; short survey; take the survey; airdrop; cash prize; grand prize; vous avez
    gagne; vous avez ete selectionne; vous avez ete tire au sort; felicitations; reclamez votre;
    reclamer votre; heureux gagnant; loterie; tirage au sort; cadeau gratuit; repondez a ce sondage;
    enquete de satisfaction; ha ganado; has sido seleccionado; felicidades; voce ganhou; voce foi
    selecionado; parabens; resgate seus pontos; seus pontos; sie haben gewonnen; herzlichen gluckwunsch;
    hai vinto; congratulazioni; you are the winner; you re a winner; you are selected; been chosen; your
    reward; your prize; reward is; gift card; free gift card; gift voucher; claim your gift; claim
    reward; claim bonus; redeem your; redeem now; get yours; chance to win; enter to win; giveaway;
    sweepstakes; quick survey; answer a few; answer few; few questions; take our survey; complete our;
    customer reward; customer rewards; loyalty program; loyalty points; reward points; points will
    expire; points expire; expiring points; unclaimed; unclaimed reward; pending reward; confirm your
    reward; exclusive gift; special gift; welcome gift; 1000 gift; 500 gift; 100 gift; shipping only;
    pay only shipping; no cost to you; welcome bonus; deposit bonus; no deposit; no deposit bonus; free
    bonus; vous etes le gagnant; vous avez ete choisi; vous etes selectionne; heureux elu; votre cadeau;
    votre recompense; recompense; recompense exclusive; carte cadeau; bon d achat; bon cadeau; gagnez;
    gagner un; a gagner; tentez de gagner; tentez votre chance; repondez a; quelques questions; points
    fidelite; programme de fidelite; reclamer mon; bonus de bienvenue; sans depot; ha sido elegido;
    ganador; enhorabuena; reclame su; reclamar su; reclama tu; tarjeta regalo; su premio; seu premio;
    pontos acumulados; pontos expiram; pontos estao; pontos livelo; resgatar; resgate; resgatar pontos;
    resgatar agora; resgate agora; milhas; sorteado; ganhador; brinde; cashback; saque disponivel; valor
    a receber; dinheiro esquecido; valores a receber; gewinner; gewonnen; ihr gewinn; ihre belohnung;
    belohnung; gutschein; ihr geschenk; geschenkkarte; umfrage; verlosung; gewinnspiel; ausgewahlt;
    wurden ausgewahlt; sichern sie sich; sichern sie; jetzt sichern; jetzt sichern sie; ihre chance;
    freispiele; willkommensbonus; ohne einzahlung; einzahlungsbonus; gratulation; nicht abgeholt; je
    hebt gewonnen; u heeft gewonnen; winnaar; gefeliciteerd; cadeaukaart; cadeaubon; waardebon; vul
    onze; doe mee; maak kans; kans op; beloning; uw beloning; je beloning; bent geselecteerd; vincitore;
    la tua occasione; buono regalo; carta regalo; il tuo premio; sei stato selezionato; wygrales;
    wygrana; nagroda; karta podarunkowa`,
  earnMoney: `
    make money; earn money; earn extra; extra income; financial freedom; work from home; work at home;
    home based business; be your own boss; no experience; per month guaranteed; money making; multi
    level marketing; get paid; huge profits; high returns; guaranteed income; investment opportunity;
    stock alert; hot stock; penny stock; strong buy; price target; passive income; trading robot; crypto
    trading; bitcoin trading; double your; unlimited income; turn your computer; residual income; chain
    letter; mailing list of; reports you ordered; gagner de l argent; gagnez de l argent; revenus
    complementaires; complement de revenu; travail a domicile; travailler a domicile; liberte
    financiere; investissement garanti; rendement garanti; gagnez jusqu a; robot de trading; euros par
    mois; euros par jour; ganhe dinheiro; renda extra; gana dinero; ingresos extra; geld verdienen;
    crypto investment; bitcoin investment; invest in bitcoin; invest now; start investing; start
    trading; trading platform; trading software; ai trading; auto trading; automated trading; trading
    bot; daily profit; daily profits; daily income; profit per day; a day from; return on investment;
    guaranteed profit; guaranteed returns; get rich; secret method; secret system; work remotely; remote
    job; part time job; side hustle; cloud mining; investissez; crypto monnaie; cryptomonnaie; bitcoins;
    revenus passifs; devenir riche; invertir; inversiones; ganancias; ingresos pasivos; investir agora;
    lucro diario; renda passiva; investieren; investition; passives einkommen; reich werden;
    kryptowahrung; kryptowahrungen; tagliche gewinne; belegging; passief inkomen; rijk worden;
    investimento; guadagna; guadagnare; reddito passivo; zainwestuj; zarabiaj`,
  debt: `
    consolidate your; debt consolidation; get out of debt; eliminate debt; bad credit; no credit check;
    credit repair; mortgage rates; lowest rates; lowest mortgage; refinance; refinancing; home loan;
    loan offer; life insurance; term life; insurance quote; pre approved; pre qualified; merchant
    account; accept credit cards; save thousands; free quote; unsecured loan; rachat de credit; rachat
    de credits; regroupement de credits; credit rapide; credit sans justificatif; pret immediat;
    mutuelle sante; assurance vie; taux imbattable; devis gratuit; pompe a chaleur; panneaux solaires;
    isolation a 1 euro; compte formation; compte cpf; droits cpf; loan approval; personal loan; loan
    approved; instant loan; quick loan; business loan; fast cash; cash advance; credit score; student
    loan; debt relief; tax debt; auto insurance; car insurance; car warranty; extended warranty; home
    warranty; auto warranty; final expense; solar panels; roof replacement; walk in tub; pret personnel;
    credit immobilier; assurance auto; assurance emprunteur; aide de l etat; prime energie; ma prime
    renov; panneau solaire; prestamo; prestamos; seguro de; emprestimo; emprestimo pessoal; consignado;
    sofortkredit; kreditkarte; schufa; solaranlage; photovoltaik; lening; hypotheek; zonnepanelen;
    prestito; finanziamento; pozyczka; kredyt`,
  medicine: `
    viagra; cialis; levitra; phentermine; xanax; valium; online pharmacy; prescription drugs; without
    prescription; no prescription; weight loss; lose weight; burn fat; fat burning; growth hormone; hgh;
    anti aging; penis; enlargement; erectile; sexual performance; libido; herbal; cbd gummies; keto;
    cure for; human growth; look younger; diet pill; miracle; perte de poids; perdre du poids; perdez du
    poids; maigrir; bruler les graisses; sans ordonnance; pharmacie en ligne; remede miracle; rajeunir;
    complement alimentaire; keto gummies; gummies; cbd oil; fat burner; belly fat; blood sugar; blood
    pressure; tinnitus; hearing loss; joint pain; nerve pain; neuropathy; testosterone; male
    enhancement; superfood; toenail fungus; gut health; slimming; doctors hate; scientists discovered;
    big pharma; minceur; ventre plat; acouphenes; douleurs articulaires; arthrose; adelgazar; perder
    peso; bajar de peso; quemar grasa; emagrecer; emagrecimento; abnehmen; abspecken; gewicht verlieren;
    fettverbrennung; gelenkschmerzen; potenz; potenzmittel; nahrungserganzung; afvallen;
    gewichtsverlies; vetverbranding; erectie; dimagrire; perdere peso; brucia grassi; schudnac;
    odchudzanie`,
  adult: `
    xxx; porn; hardcore; horny; sexy; nude; naked; hot girls; hot women; webcam girls; live sex; adult
    site; adult content; adults only; over 18; at least 18; lonely housewives; meet singles; singles in
    your area; casino; online casino; gambling; free spins; jackpot; russian women; dating site;
    rencontres coquines; femmes celibataires; celibataires pres de chez vous; rencontre sans lendemain;
    tours gratuits; sexe; single women; lonely women; women near you; girls near you; local women; meet
    women; flirty; private photos; naughty; discreet; one night; hookup; ukrainian women; asian women;
    slavic; brides; soulmate; fuck; blackjack; roulette; sportsbook; casino bonus; coquine; coquines;
    plan cul; femmes russes; femmes ukrainiennes; femme mure; machines a sous; paris sportifs; citas;
    solteras; mujeres solteras; tragamonedas; apuestas; solteiras; cassino; partnersuche; einsame
    frauen; frauen in deiner; heisse frauen; spielautomaten; automatenspiele; spielothek; afspraakje;
    geile; alleenstaande; oekraiense; gokkasten; gokken; speelautomaten; incontri; donne sole; donne
    single; scommesse; kasyno; randki`,
  selling: `
    act now; order now; order today; buy now; call now; call today; limited time; limited offer; special
    offer; special promotion; special price; risk free; no risk; no obligation; money back guarantee;
    100 guaranteed; satisfaction guaranteed; absolutely free; free trial; free sample; free access; free
    membership; free installation; free shipping; toll free; don t miss; dont miss; while supplies last;
    offer expires; save up to; lowest price; best price; as seen on; click here; click below; click the
    link; click on the link; click the button; visit our website; bulk email; bulk e mail; million
    emails; email marketing; web traffic; guest post; seo services; first page of google; toner
    cartridges; printer cartridges; university diploma; university diplomas; cable descrambler;
    satellite tv; dvd copy; replica watches; rolex; offre limitee; offre exclusive; offre speciale;
    offre exceptionnelle; profitez vite; profitez en; commandez maintenant; cliquez ici; cliquer ici;
    cliquez sur le lien; cliquez sur le bouton; sans engagement; satisfait ou rembourse; essai gratuit;
    code promo; bon plan; vente privee; prix casse; livraison gratuite; derniere chance; remise de;
    reduction de; referencement google; base de donnees emails; clique aqui; haga clic; haz clic; clic
    aqui; klicken sie; hier klicken; clicca qui; shop now; click this link; tap here; tap to; tap below;
    open gift; view offer; see offer; view document; view file; view message; review document; access
    document; open document; download now; download document; install now; update now; renew now; verify
    now; confirm now; unlock now; activate now; try now; free today; today only; ends today; ends
    tonight; last chance; final hours; sale ends; black friday; percent off; 50 off; 70 off; 80 off; 90
    off; exclusive offer; exclusive deal; best deal; best offer; must see; new invention; everyone is
    talking; going viral; sold out; selling out; je decouvre; j en profite; cliquez ci; en cliquant;
    profitez; profiter de; offre valable; aujourd hui seulement; soldes; exclusivite; en exclusivite;
    nouveaute; revolutionnaire; accedez a; oferta especial; oferta limitada; por tiempo limitado;
    aproveite; aproveitar; aproveche; compre agora; compra ahora; haga clic aqui; pulse aqui; pinche
    aqui; clique no; clique no botao; clique no link; clicando; acesse; acesse aqui; saiba mais;
    visualizar documento; desconto; promocao; ultimas unidades; hier klicken sie; klicken sie hier; auf
    den link; auf den button; hier geht s; hier anmelden; jetzt kaufen; jetzt bestellen; jetzt starten;
    jetzt testen; jetzt scannen; jetzt ansehen; jetzt spielen; jetzt anmelden; mehr erfahren; rabatt;
    sonderangebot; exklusiv; exklusives angebot; nur heute; letzte chance; revolutionar; revolutionares;
    jetzt erneuern; klik hier; klik op; begin vandaag; start nu; meer weten; bestel nu; koop nu;
    korting; aanbieding; alleen vandaag; laatste kans; revolutionair; nu verlengen; clicca; cliccando;
    cliccare; fai clic; scopri; scopri di piu; approfitta; offerta limitata; sconto; ultima occasione;
    acquista ora; kliknij; kliknij tutaj`,
  removal: `
    to be removed; be removed from; remove me; removed from our; remove in the subject; remove in
    subject; word remove; to remove yourself; removal instructions; this is not spam; this email is not
    spam; this message is sent in compliance; in compliance with; senate bill; section 301; one time
    mailing; one time message; this is a one time; our apologies; apologize for any; received this in
    error; received this message in error; further mailings; future mailings; if you wish to be; this is
    an advertisement; ceci n est pas un spam; cet email n est pas un spam; desoles pour le derangement;
    excusez nous pour le derangement; kein spam; geen spam; no es spam; nao e spam; non e spam; safe
    unsubscribe; you were opted in; opted in`,
  urgency: `
    within 24 hours; within 48 hours; within 72 hours; in the next 24 hours; in 24 hours; immediate
    action; action required; urgent action; final notice; final warning; last warning; last reminder;
    final reminder; avoid suspension; avoid interruption; avoid losing; legal action; important notice;
    important notification; immediate attention; permanently deleted; permanently closed; sous 24
    heures; sous 48 heures; sous 24h; sous 48h; dans les 24 heures; dans les plus brefs delais; action
    requise; immediatement; mise en demeure; sous peine; eviter la suspension; definitivement supprime;
    avis important; poursuites judiciaires; urgente; ultimo aviso; ultima notificacao; inmediatamente;
    imediatamente; en 24 horas; em 24 horas; innerhalb von 24; entro 24 ore; dringend; notificacao;
    intimacao; within 12 hours; within 24 hrs; within 24hrs; within 3 days; within 7 days; within two
    days; next 48 hours; hours left; expires in; expires soon; expiring soon; about to expire; without
    delay; avoid being; avoid closure; avoid losing access; otherwise your; or your account; if you fail
    to; if no action; if not verified; time sensitive; immediate response; immediate verification;
    attention required; requires your attention; requires immediate; your immediate; important security;
    permanently lost; permanently suspended; last notice; second notice; 2nd notice; sous 12 heures;
    sous 72 heures; sous 7 jours; dans les 48 heures; dans les 48h; avant suspension; avant cloture; au
    plus vite; au plus tot; sans delai; sans quoi; dernier avis; dernier delai; derniere relance; action
    immediate; intervention requise; afin d eviter; en cas de non; accion requerida; antes de que; en
    las proximas; dentro de las; plazo de; ultimo dia; de inmediato; prazo de; ate hoje; ultima chance;
    em ate 24; nas proximas; acao necessaria; bloqueio; suspensao; sofortige; sofortige massnahme;
    umgehend; unverzuglich; innerhalb von 48; in den nachsten; letzte warnung; letzter aufruf; letzte
    erinnerung; letzte chance; wichtige mitteilung; wichtige information; handeln sie; handeln sie
    jetzt; massnahme erforderlich; zwingend erforderlich; achtung; warnung; andernfalls; um zu
    vermeiden; um eine sperrung; onmiddellijk; direct actie; zo spoedig; zo snel mogelijk; binnen 24;
    binnen 48; laatste waarschuwing; laatste herinnering; laatste kans; actie vereist; belangrijke
    mededeling; om te voorkomen; entro 48; entro e non oltre; immediatamente; ultimo avviso; ultimo
    sollecito; azione richiesta; per evitare; pilne; natychmiast; ostatnie ostrzezenie`,
  discussion: `
    wrote; writes; a ecrit; schrieb; escribio; i think; i guess; i don t think; thanks for; thank you
    for your help; cheers; regards; see you; my opinion; the patch; the bug; source code; the code; the
    list; mailing list; the server; the kernel; the script; the file; the problem; does anyone; anyone
    know; as far as i; the meeting; attached the minutes; the draft; next week; last week; yesterday;
    this afternoon; je pense; merci pour; a bientot; bonne journee; bonne soiree; cordialement; bises;
    bisous; a demain; la reunion; le compte rendu; la semaine prochaine; hier; on se voit; qu en penses
    tu; qu en pensez vous; le correctif; quelqu un sait; ton message; votre message du`,
  crypto: `
    recovery phrase; seed phrase; secret phrase; secret recovery phrase; wallet verification; verify
    your wallet; validate your wallet; connect your wallet; restore your wallet; import your wallet;
    synchronize your wallet; wallet has been; wallet will be; wallet update; update your wallet; wallet
    app; token claim; claim tokens; claim your tokens; free bitcoin; btc donate; bitcoin transaction;
    btc transfer; withdraw funds; withdrawal request; withdrawal pending; your withdrawal; pending
    withdrawal; mining balance; cloud mining; wallet support; phrase de recuperation; phrase secrete;
    votre portefeuille; portefeuille crypto; verifier votre portefeuille; frase de recuperacion; frase
    semilla; wallet verifizieren; ihre wallet; wiederherstellungsphrase; uw wallet; herstelzin; il tuo
    wallet`,
  extortion: `
    i recorded you; recorded you; recorded a video; video of you; i have a video; you masturbating;
    masturbating; masturbate; masturbation; adult sites; adult websites; porn sites; through your
    camera; webcam video; rat software; malware on your; infected your; i hacked; hacked your; have been
    hacked; you ve been hacked; full access to your; access to your device; access to all your; i know
    your password; one of your passwords; send the video; share the video; your darkest; transfer the
    amount; transfer bitcoin; bitcoins to; my bitcoin; bitcoin wallet address; the wallet address;
    amount of bitcoin; 48 hours to; from the moment you open; you have 48; don t contact the police; go
    to the police; je vous ai filme; je t ai filme; video de vous; video de toi; vous masturbant;
    masturber; sites pour adultes; site porno; j ai pirate; pirate votre; acces a votre appareil; cheval
    de troie; logiciel malveillant; tous vos contacts; a vos contacts; votre reputation; payer en
    bitcoin; portefeuille bitcoin; vous avez 48; ne portez pas plainte; he hackeado; te grabe; habe sie
    aufgenommen; masturbieren; ich habe ihr gerat; ik heb je gefilmd; ho registrato; ti ho registrato`,
  callBack: `
    call us at; call us on; call us immediately; call customer; call support; call the number; call this
    number; contact our support; helpline; help line; toll free number; support number; cancel your
    subscription; to dispute; dispute this; dispute the; did not authorize; not authorized by you; didn
    t make this; did not make this; not placed by you; if this wasn t; if this was not you; charged to
    your; will be charged; has been charged; been debited; will be debited; debited from; auto debit;
    auto debited; auto renew; automatically renewed; renewal of your; renewed successfully; subscription
    renewal; invoice id; payment mode; appeler le; contactez nous au; service client au; numero vert;
    pour annuler; annuler cette; annuler la; sera debite; a ete debite; prelevement de; rufen sie; llame
    al; ligue para; chiami il; bel ons`,
  bossAsks: `
    are you available; are you at your desk; are you in the office; quick task; quick favor; quick
    favour; quick request; urgent task; urgent request; need a favor; i need your assistance; need you
    to handle; handle it discreetly; discreetly; keep this between; gift cards; scratch off; send me the
    codes; can t take calls; reply with your; cellphone number; personal number; whatsapp number; direct
    deposit; change my direct deposit; pay period; process a payment; initiate a payment; wire transfer;
    es tu disponible; etes vous disponible; es tu au bureau; etes vous au bureau; es tu libre; tache
    urgente; petit service; besoin de toi; besoin de vous pour; en toute discretion; cartes cadeaux;
    numero whatsapp; par mail uniquement; effectuer un virement; faire un virement; nouveau rib;
    changement de rib; mon rib; bist du verfugbar; sind sie verfugbar; estas disponible; voce esta
    disponivel; sei disponibile; ben je beschikbaar`,
} as const satisfies Record<string, string>;

export type PhraseTopic = keyof typeof phraseTable;
