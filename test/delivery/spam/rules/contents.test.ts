import { contentRules } from '../../../../delivery/spam/rules/contents.ts';
import { messageOf } from '../messages.ts';
import { html, linked, testRules } from './checks.ts';

const talk = messageOf(
  'Merci pour ton message. On se voit demain pour la réunion, j’apporte le compte rendu.',
);
const says = (...texts: string[]) => ({ holds: texts.map(text => messageOf(text)), not: [talk] });
const led = (text: string, href: string) => html(`<p>${text}</p><a href="${href}">Continue</a>`);

testRules(contentRules, {
  askPassword: says(
    'Please verify your account and enter your password.',
    'Merci de vérifier votre identité et de confirmer votre compte.',
    'Bitte bestätigen Sie Ihr Konto.',
    'Controleer dit: bevestig uw account.',
    'Atualize seu cadastro hoje.',
  ),
  accountTrouble: says(
    'Your account has been suspended.',
    'Votre compte a été suspendu.',
    'Ihr Konto wurde gesperrt, Konto gesperrt.',
  ),
  parcel: says(
    'Your package could not be delivered, a delivery fee is due.',
    'Votre colis est en attente : frais de douane.',
  ),
  askMoney: says(
    'A fund of ten million dollars awaits its next of kin.',
    'Le notaire a la somme de deux millions d’euros pour vous, virement urgent.',
  ),
  crypto: says(
    'Enter your recovery phrase to restore your wallet.',
    'Saisissez votre phrase de récupération.',
  ),
  prize: says(
    'You have been selected, claim your reward.',
    'Félicitations, vous avez gagné !',
    'Sie haben gewonnen!',
  ),
  earnMoney: says('Financial freedom: earn extra from home.', 'Gagnez de l’argent, revenus complémentaires.'),
  debt: says('Consolidate your debts, bad credit no problem.', 'Rachat de crédit, taux imbattable.'),
  medicine: says('Viagra without prescription.', 'Perdez du poids sans ordonnance.'),
  adult: says('Online casino with free spins.', 'Rencontres coquines près de chez vous.'),
  selling: says('Act now, limited time offer!', 'Offre limitée, profitez vite !'),
  removal: says('This is not spam; to be removed, write remove in the subject.'),
  urgency: says('Final notice: within 24 hours.', 'Dernier avis : sous 24 heures.'),
  discussion: { holds: [talk], not: [messageOf('Viagra')] },
  extortion: {
    holds: [
      messageOf(
        'I recorded you through your webcam while on adult sites. Send bitcoin: bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq',
      ),
      messageOf('J’ai piraté votre appareil et je vous ai filmé. Payez en bitcoin, vous avez 48 heures.'),
    ],
    not: [
      talk,
      messageOf(
        'We recorded a video of the meeting; the webcam of room two is broken, please tell your contacts.',
      ),
    ],
  },
  bitcoinAddress: {
    holds: [
      messageOf('Send to 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'),
      messageOf('0x52908400098527886E0F7030069857D2E4169EE7'),
    ],
    not: [
      talk,
      messageOf('commit 3f786850e387550fdab836ed7e6dc881de23001b'),
      messageOf('Order 1234567890123456789012345678'),
    ],
  },
  callBackScam: {
    holds: [
      messageOf(
        'Your subscription renewal of $399.99 has been charged. Invoice id 4711. If you did not authorize this, call our help line to dispute this: +1 (808) 555-0142',
      ),
      messageOf(
        'Votre compte sera débité de 389 €. Pour annuler cette commande, appelez le service client au 01 99 00 12 34, pour annuler la facture.',
      ),
    ],
    not: [
      talk,
      html(
        'Your order of $39.99. To dispute the charge call us at +1 (808) 555-0142 or see <a href="https://www.sender.example/orders">your orders</a>. Customer care, order id 4.',
      ),
    ],
  },
  bossScam: {
    holds: [
      messageOf('Hi Bob, are you available? I need a favor, reply with your cell number.'),
      messageOf('Es-tu disponible ? J’ai une tâche urgente, en toute discrétion.'),
    ],
    not: [talk, linked('https://www.sender.example/', 'are you available')],
  },
  brandElsewhere: {
    holds: [
      led('DHL: your parcel is on hold, pay the delivery fee.', 'https://track.evil.example/x'),
      led('Netflix: your payment failed, update your payment within 24 hours.', 'https://evil.example/x'),
      led(
        'Crédit Agricole : votre compte a été suspendu, vérifiez votre identité.',
        'https://evil.example/x',
      ),
      led(
        'С\u043einb\u0430se: your account has been restricted, verify your identity.',
        'https://evil.example/x',
      ),
    ],
    not: [
      talk,
      led('DHL: your parcel is on hold, pay the delivery fee.', 'https://www.dhl.de/x'),
      led('Netflix: your payment failed, update your payment.', 'https://www.netflix.com/x'),
      led(
        'I read that Microsoft and Google released a new server, action required for admins.',
        'https://news.example/x',
      ),
      led('Thank you for your order. Paid with PayPal, sent with DHL.', 'https://shop.example/order'),
    ],
  },
  asksAtOpenPlace: {
    holds: [
      led('Verify your account now.', 'https://login-x.pages.dev/'),
      led('Your mailbox is full.', 'https://a.click/x'),
    ],
    not: [
      talk,
      led('Verify your account now.', 'https://www.sender.example/'),
      led('Our photos of the walk', 'https://sites.google.com/view/x'),
    ],
  },
  asksAtUnnamed: {
    holds: [
      led('You have been selected, claim your reward.', 'https://river-stone.example/x'),
      led('Sie haben gewonnen! Jetzt abholen.', 'https://kvzt.example/x'),
    ],
    not: [
      talk,
      led('Garden Club: you have been selected for the flower show.', 'https://www.gardenclub.example/x'),
      led('You have been selected for the flower show.', 'https://u1.ct.sendgrid.net/x'),
      led('Here is the film of the walk.', 'https://river-stone.example/x'),
    ],
  },
  greetsAddress: {
    holds: [
      messageOf('Dear bob@caliopen.example, your mail'),
      messageOf('Bonjour bob@caliopen.example,'),
      messageOf('Hallo bob@caliopen.example'),
    ],
    not: [talk, messageOf('Dear Bob, this was sent to bob@caliopen.example')],
  },
  linkOnly: {
    holds: [
      messageOf('https://a.example/x'),
      linked('https://a.example', '').subject === null
        ? talk
        : html('<a href="https://a.example/x"><img src="x"></a>'),
    ],
    not: [talk, linked('https://www.sender.example/')],
  },
  onlyImage: {
    holds: [html('<img src="https://a.example/x.png">')],
    not: [talk, linked('https://a.example/')],
  },
});
