/** One text of our own making, with what it is. */
export interface PriorText {
  readonly text: string;
  readonly isSpam: boolean;
}

const unwanted = [
  'Dear customer, we noticed an unusual sign-in to your account. Please verify your identity within 24 hours or your account will be suspended. Click here to confirm your information.',
  'Your mailbox is almost full. You have pending messages that could not be delivered. Click the button below to upgrade your storage and keep your current password. IT help desk, mail administrator.',
  'Your password expires today. Keep the same password by clicking below. This is an automated notice from the mail server administrator.',
  'Your parcel is waiting. A customs fee of 1.99 must be paid before delivery. Confirm your address and pay the shipping fee now to avoid return to sender.',
  'We could not process your payment. Update your billing details to keep your subscription active. Failure to do so will result in the loss of your membership.',
  'Your invoice is attached. You were charged 499.99 for the renewal of your antivirus protection. If you did not authorize this, call our toll free number for a refund.',
  'Congratulations! You have been selected as a winner. Claim your free gift card now. Complete the short survey, offer expires today.',
  'Your wallet must be verified to comply with new regulation. Connect your wallet and enter your recovery phrase to avoid losing your tokens. Claim your airdrop now.',
  'I recorded you with your own camera while you visited adult sites. Send bitcoin to my address within 48 hours or all your contacts will receive the video.',
  'I am the widow of a late businessman and I have a fund of ten million dollars to donate. I need a trustworthy foreign partner. Kindly reply with your full name, telephone and bank details. God bless you.',
  'I am a barrister to a deceased client who bears your surname. As next of kin you can receive the inheritance. This transaction is strictly confidential and risk free.',
  'Are you available? I need you to handle a quick task for me. I am in a meeting and cannot talk. Buy some gift cards and send me the codes.',
  'Please note our change of bank details. Kindly send all future payments to the new account and confirm by return.',
  'Make money from home! Earn thousands per week with no experience. Be your own boss and achieve financial freedom. Order now, this program really works, guaranteed.',
  'Lose weight fast with our miracle pill. 100% natural, no prescription needed, satisfaction guaranteed or your money back. Order today and get a free bottle!',
  'Cheap medicine online. Lowest prices, no prescription, fast discreet shipping worldwide. Buy now and save up to 80%.',
  'Lower your monthly payments! Mortgage rates are at their lowest. Bad credit is no problem. Get a free quote with no obligation, fill out this simple form.',
  'Get out of debt now. Consolidate your bills into one low monthly payment. Call now toll free, operators are standing by.',
  'Reach millions of people with our bulk email service. Millions of fresh email addresses on CD. Promote your website and increase your sales today.',
  'Hot singles in your area want to meet you. Click here to see their pictures for free. You must be over 18.',
  'Win big at our online casino! Free spins and a welcome bonus for new players. Play now and hit the jackpot.',
  'Stock alert! This company is about to explode. Strong buy, target price five times higher. Act now before the news comes out.',
  'Our trading robot turned 250 into 10,000 in one month. Celebrities use it. Register now, places are limited, guaranteed profit with bitcoin.',
  'Luxury replica watches at wholesale prices. Free shipping, limited time offer. Visit our website now.',
  'We can put your site on the first page of Google. Our SEO services increase traffic and sales. Reply for a free audit and price list.',
  'Save on toner and printer cartridges. Lowest prices guaranteed. If you do not wish to receive further mailings, reply with remove in the subject.',
  'Get a university diploma based on your life experience. No exams, no classes. Call now, confidentiality assured.',
  'This message is sent in compliance with the law. To be removed from our list, click here. This is a one time mailing, no further action needed.',
  'You have one new voice message. Open the attached file to listen. A document has been shared with you, sign in with your email to view the file.',
  'Your tax refund is ready. Submit your card details to receive the amount of 389.20 on your account.',
  'Last warning: your domain expires. Renew today to avoid the interruption of your web site and email services. Pay now by credit card.',
  'Cher client, une connexion inhabituelle a été détectée sur votre compte. Veuillez confirmer votre identité sous 24 heures, à défaut votre compte sera suspendu. Cliquez ici pour vérifier vos informations.',
  'Votre boîte mail est pleine. Des messages sont en attente. Cliquez sur le lien pour augmenter votre espace de stockage et conserver votre mot de passe. Service informatique.',
  'Votre colis est en attente. Des frais de livraison de 1,95 € doivent être réglés. Confirmez votre adresse et payez maintenant pour reprogrammer la livraison.',
  'Votre paiement a été refusé. Mettez à jour vos coordonnées bancaires afin de continuer à profiter de votre abonnement.',
  'Votre carte Vitale arrive à expiration. Commandez la nouvelle version en remplissant le formulaire. Régularisez votre situation dans les plus brefs délais.',
  'Impôts : vous avez droit à un remboursement. Remplissez le formulaire avec votre carte bancaire pour recevoir le montant.',
  'Une amende reste impayée. Dernier rappel avant majoration. Réglez immédiatement en ligne pour éviter des poursuites.',
  'Félicitations ! Vous avez été tiré au sort et vous avez gagné un téléphone. Répondez à ce sondage pour réclamer votre cadeau gratuit.',
  "Je suis une veuve malade et je souhaite faire un don de deux millions d'euros. Répondez-moi avec votre nom, adresse et téléphone en toute confidentialité. Que Dieu vous bénisse.",
  'Offre de prêt entre particuliers, de 2 000 à 500 000 euros, taux de 2 %, réponse en 48 heures sans justificatif. Contactez-nous.',
  "Gagnez de l'argent depuis chez vous, jusqu'à 5 000 euros par mois sans expérience. Places limitées, inscrivez-vous maintenant.",
  'Perdez du poids sans effort avec notre remède miracle. Satisfait ou remboursé. Commandez vite, offre limitée, livraison gratuite.',
  'Profitez de nos prix cassés ! Jusqu’à 80 % de réduction, offre exclusive. Cliquez ici pour en profitez vite. Pour ne plus recevoir nos offres, cliquez ici.',
  'Panneaux solaires et pompe à chaleur financés par l’État. Testez votre éligibilité, devis gratuit et sans engagement.',
  'Compte formation : vos droits vont expirer. Utilisez vos euros avant la fin du mois. Inscrivez-vous à notre formation gratuite.',
  "J'ai piraté votre appareil et enregistré une vidéo intime. Payez en bitcoin sous 48 heures, sinon je l'envoie à tous vos contacts.",
  'Es-tu disponible ? J’ai besoin de ton aide pour une tâche urgente. Achète des coupons de recharge et envoie-moi les codes. Je suis en réunion.',
] as const;

const wanted = [
  'Hi all, thanks for the patch. I tried it on my machine and the build fails with an error in the parser. Does anyone know which version of the compiler is needed? Cheers',
  'On Monday Anna wrote: > I think we should move the meeting. I agree, Thursday afternoon works for me. See you then.',
  'Hello, attached are the minutes of the last meeting and the draft of the agenda. Please send me your comments before Friday. Regards',
  'Thanks for your help yesterday. The server is running again, it was a problem with the disk. I will write it down in the wiki.',
  'Dear colleagues, the seminar on Wednesday is moved to room 204. The speaker will talk about the history of printing. Coffee will be served.',
  'Happy birthday! I hope you have a lovely day with the children. We will call you tonight. Love, Mum',
  'Are we still on for dinner on Saturday? I can bring a salad and some bread. Let me know if the kids eat fish.',
  'Your order has been shipped. Order number 10482, one book. Thank you for your purchase. The estimated delivery is Tuesday.',
  'Here is the receipt for your train ticket. Departure 8:12, arrival 10:45, coach 7, seat 52. Have a pleasant journey.',
  'This is a reminder of your appointment with the dentist on 12 March at 14:30. Please call us if you cannot come.',
  'Release 2.4 is out. It fixes three bugs in the scheduler and adds an option to read the configuration from a file. The change log is on the site.',
  'I found a bug in the mail parser: when the header has no colon the function returns null. Here is a small test that shows it. I attached a patch.',
  'The list of new books in the library this month: two novels, a biography and a guide to wild plants. Opening hours have not changed.',
  'In reply to your question: the contract runs until the end of June, and we need your signature on page three. Best regards',
  'My opinion is that the kernel should not do this at all. As far as I can see the driver handles it already, at least since last year.',
  'The weather was wonderful and the walk took about five hours. I put the pictures on the shared folder, have a look when you have time.',
  'Weekly digest of the developers mailing list. Topics: memory leak in the indexer; naming of the new package; next release date.',
  'Here are the notes of the lecture. For the exercise, read chapter four and solve problems two to five. Questions in class on Tuesday.',
  'The news this morning: the council has voted for the new bridge, the museum opens again, and the local team lost its match.',
  'Can you review my branch when you have a moment? The tests pass, but I am not sure about the name of the function.',
  'I am out of the office until Monday. For anything urgent please write to the team address.',
  'The software you asked about can be installed with the package manager. You need to edit the config file and restart the service. Hope that helps.',
  'We are glad to confirm your booking for two nights from 3 May. Breakfast is included. You can reach us by phone if your plans change.',
  'The article says that the study had only forty people, so I guess we should wait for a larger one before we believe it.',
  'Please find attached the report for the third quarter. The figures of the sales department are still missing, I expect them next week.',
  'Bonjour à tous, merci pour vos retours. Je joins le compte rendu de la réunion de mardi. Dites-moi si j’ai oublié quelque chose. Cordialement',
  'Salut, on se voit toujours samedi ? Je peux apporter une salade et du pain. Dis-moi si les enfants mangent du poisson. Bises',
  'Joyeux anniversaire ! Nous pensons bien à toi et nous t’appelons ce soir. Gros bisous de toute la famille.',
  'Merci pour le correctif. Je l’ai essayé sur ma machine et la compilation échoue. Quelqu’un sait quelle version il faut ?',
  'Votre commande a été expédiée. Numéro de commande 10482, un livre. Merci de votre achat et à bientôt.',
  'Voici votre billet de train. Départ 8 h 12, arrivée 10 h 45, voiture 7, place 52. Bon voyage.',
  'Rappel de votre rendez-vous chez le dentiste le 12 mars à 14 h 30. Merci de nous prévenir en cas d’empêchement.',
  'La version 2.4 est sortie. Elle corrige trois défauts et ajoute une option de configuration. La liste des changements est sur le site.',
  'Je pense que tu as raison, il vaut mieux attendre la semaine prochaine. Qu’en pensez-vous ? À demain.',
  'Le bulletin de la bibliothèque : deux romans, une biographie et un guide des plantes sauvages. Les horaires ne changent pas.',
  'Vous trouverez ci-joint le rapport du troisième trimestre. Il manque encore les chiffres du service des ventes. Bonne journée',
  'La sortie scolaire de jeudi est maintenue. Prévoyez un pique-nique et des chaussures de marche. Les parents disponibles sont les bienvenus.',
  'En réponse à votre question : le contrat court jusqu’à fin juin et il nous faut votre signature à la page trois. Bien à vous',
  'Il a fait très beau et la promenade a duré cinq heures. J’ai mis les photos dans le dossier partagé, regarde quand tu as le temps.',
  'Le conseil de quartier se réunit lundi à 19 heures à la mairie. À l’ordre du jour : le marché, les arbres de la place et la piste cyclable.',
] as const;

/** All texts, the two kinds taking turns. */
export function composePriorTexts(): PriorText[] {
  const texts: PriorText[] = [];
  for (let at = 0; at < Math.max(unwanted.length, wanted.length); at++) {
    texts.push({ text: unwanted[at % unwanted.length] ?? '', isSpam: true });
    texts.push({ text: wanted[at % wanted.length] ?? '', isSpam: false });
  }
  return texts;
}
