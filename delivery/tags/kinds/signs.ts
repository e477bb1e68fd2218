import type { Kind } from './kinds.ts';
import { isKnownFor } from './senders.ts';
import type { Structure } from './structure.ts';

/** One sign that a message is of a kind. */
export interface Sign {
  readonly id: string;
  readonly kind: Kind;
  /** From 1 on, all signs of a kind together, it is of that kind. */
  readonly weight: number;
  /** Why, as the owner reads it. */
  readonly words: { readonly en: string; readonly fr: string };
  holds(structure: Structure): boolean;
}

const reservations =
  /^(?:(?:Flight|Train|Bus|Boat|Taxi|Lodging|RentalCar|Event|FoodEstablishment)?Reservation|ReservationPackage|BoardingPass)$/;

function declares(types: RegExp): (structure: Structure) => boolean {
  return ({ schemaTypes }) => [...schemaTypes].some(type => types.test(type));
}

function has(...names: readonly string[]): (structure: Structure) => boolean {
  return ({ field }) => names.some(name => field(name) !== null);
}

/** Words at the edges of others: `factures` has `facture`, `manufacture` has not. */
function words(list: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${list.split(' ').join('|').replaceAll('_', '[\\s-]+')})`, 'iu');
}

const machineNames = words(
  'no_?reply do_?not_?reply noreply donotreply ne_pas_repondre nepasrepondre notifications? alerts? alertes? automated mailer_daemon postmaster robot',
);
const billing = words('billing factur receipts? invoices? orders? commandes? paiements? payments? compta');
const receiptWords = words(
  'your_receipt your_invoice your_order order_confirm order_# order_no confirmation_of_your_order payment_received payment_confirm invoice receipt_for shipped has_been_dispatched out_for_delivery facture votre_commande confirmation_de_(?:votre_)?commande reçu_de votre_reçu paiement_reçu confirmation_de_paiement expédié(?:e|s)? votre_colis avis_d.expédition',
);
const billNames = words('facture invoice receipt reçu recu bill quittance');
const amount =
  /(?:total|amount|montant|somme|ttc|paid|payé|price|prix)[^\n]{0,60}?(?:[€$£]\s?\d|\d[\d\s.,]{0,12}\s?(?:€|eur\b|usd\b|chf\b|\$|£))/i;
const travelWords = words(
  'boarding_pass e_?ticket itinerary your_flight your_trip your_booking your_reservation booking_confirm check_in_now carte_d.embarquement billet votre_vol votre_voyage votre_réservation votre_séjour confirmation_de_réservation itinéraire',
);
const newsletterWords = words(
  'newsletter weekly_digest lettre_d.information infolettre se_désabonner désinscri désabonn unsubscribe view_(?:this_email_)?in_(?:your_)?browser voir_(?:cet_e_?mail_)?dans_(?:votre|le)_navigateur manage_(?:your_)?preferences',
);
const alertWords = words(
  'security_alert new_sign_?in new_login verification_code security_code one_time password_reset reset_your_password confirm_your_e_?mail verify_your code_de_vérification code_de_sécurité nouvelle_connexion réinitialis alerte_de_sécurité confirmez_votre build_failed pipeline failed_login',
);
const socialWords = words(
  'sent_you_a_message wants_to_connect started_following mentioned_you commented_on tagged_you friend_request vous_a_envoyé_un_message souhaite_vous_ajouter vous_suit vous_a_mentionné a_commenté demande_d.ami',
);

/** The program that sends to many, by what it writes into the header. */
const campaignFields = [
  'feedback-id',
  'x-campaign',
  'x-campaign-id',
  'x-campaignid',
  'x-mc-user',
  'x-mailgun-tag',
  'x-sib-id',
  'x-mailin-campaign',
  'x-mj-mid',
  'x-sfmc-stack',
  'x-hs-cid',
];
const trackerFields = [
  'x-github-reason',
  'x-gitlab-notificationreason',
  'x-gitlab-project',
  'x-gerrit-messagetype',
  'x-jira-fingerprint',
  'x-discourse-topic-id',
  'x-redmine-host',
  'x-bugzilla-reason',
  'x-trac-project',
  'x-phabricator-sent-this-message',
];

function postsOpenly({ field }: Structure): boolean {
  const post = field('list-post');
  return post !== null && !/^\s*no\b/i.test(post);
}

function isForMany({ field, listId }: Structure): boolean {
  return field('list-unsubscribe') !== null || listId !== null || /^bulk$/i.test(field('precedence') ?? '');
}

/** Every sign; a new one is a row. */
export const signs: readonly Sign[] = [
  {
    id: 'listPost',
    kind: 'list',
    weight: 1,
    words: {
      en: 'It came by a mailing list that people write to',
      fr: 'Il vient d’une liste de diffusion à laquelle on peut écrire',
    },
    holds: structure => structure.listId !== null && postsOpenly(structure),
  },
  {
    id: 'listPrecedence',
    kind: 'list',
    weight: 1,
    words: { en: 'It came by a mailing list', fr: 'Il vient d’une liste de diffusion' },
    holds: ({ listId, field }) =>
      /^list$/i.test(field('precedence') ?? '') && (listId !== null || field('list-id') !== null),
  },
  {
    id: 'listProgram',
    kind: 'list',
    weight: 1,
    words: { en: 'A program for mailing lists sent it', fr: 'Un gestionnaire de listes l’a envoyé' },
    holds: has(
      'mailing-list',
      'x-mailman-version',
      'x-beenthere',
      'x-loop-list',
      'x-listprocessor-version',
      'x-sympa-to',
    ),
  },
  {
    id: 'tracker',
    kind: 'notification',
    weight: 2,
    words: { en: 'A program that follows a project sent it', fr: 'Un outil de suivi de projet l’a envoyé' },
    holds: has(...trackerFields),
  },
  {
    id: 'autoSubmitted',
    kind: 'notification',
    weight: 1,
    words: { en: 'It says that a program wrote it', fr: 'Il indique qu’un programme l’a écrit' },
    holds: ({ field }) => /^auto-/i.test(field('auto-submitted') ?? ''),
  },
  {
    id: 'deliveryReport',
    kind: 'notification',
    weight: 2,
    words: { en: 'It reports on the delivery of a message', fr: 'Il rend compte de la remise d’un message' },
    holds: ({ mediaTypes }) =>
      mediaTypes.has('multipart/report') || mediaTypes.has('message/delivery-status'),
  },
  {
    id: 'machineName',
    kind: 'notification',
    weight: 0.6,
    words: {
      en: 'Nobody reads answers to its sender’s address',
      fr: 'Personne ne lit les réponses à l’adresse de l’expéditeur',
    },
    holds: ({ localPart }) => machineNames.test(localPart),
  },
  {
    id: 'alertWords',
    kind: 'notification',
    weight: 0.5,
    words: {
      en: 'Its subject reads like a notice of a service',
      fr: 'Son objet ressemble à l’avis d’un service',
    },
    holds: ({ subject }) => alertWords.test(subject),
  },
  {
    id: 'noAutoAnswer',
    kind: 'notification',
    weight: 0.4,
    words: { en: 'It asks for no automatic answers', fr: 'Il ne veut pas de réponses automatiques' },
    holds: has('x-auto-response-suppress'),
  },
  {
    id: 'schemaOrder',
    kind: 'receipt',
    weight: 1,
    words: {
      en: 'It declares an order, an invoice or a parcel in a form that programs read',
      fr: 'Il déclare une commande, une facture ou un colis sous une forme lisible par les programmes',
    },
    holds: declares(/^(?:Order|Invoice|ParcelDelivery)$/),
  },
  {
    id: 'billFile',
    kind: 'receipt',
    weight: 0.6,
    words: { en: 'A file with it is named like a bill', fr: 'Un fichier joint porte le nom d’une facture' },
    holds: ({ fileNames }) => fileNames.some(name => billNames.test(name)),
  },
  {
    id: 'billWords',
    kind: 'receipt',
    weight: 0.6,
    words: {
      en: 'Its subject speaks of an order, a payment or a parcel',
      fr: 'Son objet parle d’une commande, d’un paiement ou d’un colis',
    },
    holds: ({ subject }) => receiptWords.test(subject),
  },
  {
    id: 'amount',
    kind: 'receipt',
    weight: 0.4,
    words: { en: 'Its text names a sum to pay or paid', fr: 'Son texte indique une somme payée ou à payer' },
    holds: ({ text }) => amount.test(text),
  },
  {
    id: 'billingName',
    kind: 'receipt',
    weight: 0.4,
    words: {
      en: 'Its sender’s address is one for bills or orders',
      fr: 'L’adresse de l’expéditeur sert aux factures ou aux commandes',
    },
    holds: ({ localPart }) => billing.test(localPart),
  },
  {
    id: 'calendarMethod',
    kind: 'invitation',
    weight: 1,
    words: {
      en: 'It has a calendar event that wants an answer, or gives one',
      fr: 'Il contient un événement d’agenda qui attend une réponse, ou en donne une',
    },
    holds: ({ calendarMethod }) =>
      /^(?:REQUEST|REPLY|ADD|CANCEL|REFRESH|COUNTER|DECLINECOUNTER)$/.test(calendarMethod ?? ''),
  },
  {
    id: 'schemaInvitation',
    kind: 'invitation',
    weight: 1,
    words: {
      en: 'It declares an event to answer in a form that programs read',
      fr: 'Il déclare une invitation sous une forme lisible par les programmes',
    },
    holds: declares(/^(?:RsvpAction|InviteAction)$/),
  },
  {
    id: 'socialSender',
    kind: 'social',
    weight: 1,
    words: { en: 'A social network sent it', fr: 'Un réseau social l’a envoyé' },
    holds: ({ domain }) => isKnownFor('social', domain),
  },
  {
    id: 'socialField',
    kind: 'social',
    weight: 1,
    words: {
      en: 'The program of a social network sent it',
      fr: 'Le programme d’un réseau social l’a envoyé',
    },
    holds: has('x-facebook', 'x-facebook-notify', 'x-linkedin-class', 'x-linkedin-template'),
  },
  {
    id: 'socialWords',
    kind: 'social',
    weight: 0.6,
    words: {
      en: 'Its subject tells what somebody did on a social network',
      fr: 'Son objet raconte ce que quelqu’un a fait sur un réseau social',
    },
    holds: structure => isForMany(structure) && socialWords.test(structure.subject),
  },
  {
    id: 'unsubscribe',
    kind: 'newsletter',
    weight: 0.7,
    words: {
      en: 'It went to many who can unsubscribe',
      fr: 'Il a été envoyé à de nombreux abonnés, qui peuvent se désabonner',
    },
    holds: structure => structure.field('list-unsubscribe') !== null && !postsOpenly(structure),
  },
  {
    id: 'oneClick',
    kind: 'newsletter',
    weight: 0.3,
    words: { en: 'One click unsubscribes from it', fr: 'On s’en désabonne en un clic' },
    holds: has('list-unsubscribe-post'),
  },
  {
    id: 'campaign',
    kind: 'newsletter',
    weight: 0.4,
    words: { en: 'A service for mailings sent it', fr: 'Un service d’envoi en nombre l’a envoyé' },
    holds: structure => has(...campaignFields)(structure) && isForMany(structure),
  },
  {
    id: 'bulk',
    kind: 'newsletter',
    weight: 0.5,
    words: { en: 'It says that it went to many', fr: 'Il indique avoir été envoyé en nombre' },
    holds: structure => /^bulk$/i.test(structure.field('precedence') ?? '') && !postsOpenly(structure),
  },
  {
    id: 'newsletterWords',
    kind: 'newsletter',
    weight: 0.3,
    words: { en: 'It reads like a newsletter', fr: 'Il ressemble à une lettre d’information' },
    holds: structure =>
      isForMany(structure) && newsletterWords.test(`${structure.subject}\n${structure.text}`),
  },
  {
    id: 'schemaReservation',
    kind: 'travel',
    weight: 1,
    words: {
      en: 'It declares a booking in a form that programs read',
      fr: 'Il déclare une réservation sous une forme lisible par les programmes',
    },
    holds: declares(reservations),
  },
  {
    id: 'walletPass',
    kind: 'travel',
    weight: 0.6,
    words: { en: 'A ticket comes with it', fr: 'Un billet y est joint' },
    holds: ({ fileNames, mediaTypes }) =>
      mediaTypes.has('application/vnd.apple.pkpass') || fileNames.some(name => name.endsWith('.pkpass')),
  },
  {
    id: 'travelSender',
    kind: 'travel',
    weight: 0.5,
    words: {
      en: 'A carrier, a hotel or a booking site sent it',
      fr: 'Un transporteur, un hôtel ou un site de réservation l’a envoyé',
    },
    holds: ({ domain }) => isKnownFor('travel', domain),
  },
  {
    id: 'travelWords',
    kind: 'travel',
    weight: 0.5,
    words: {
      en: 'Its subject speaks of a journey or a booking',
      fr: 'Son objet parle d’un voyage ou d’une réservation',
    },
    holds: ({ subject }) => travelWords.test(subject),
  },
];
