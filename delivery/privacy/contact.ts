import type { SubjectTable } from './table.ts';

/** The contact: how exposed what you exchange with them is (PRIVACY-INDEX.md, "Contact"). */
export const contactTable: SubjectTable = {
  subject: 'contact',
  name: { fr: 'contact', en: 'contact' },
  weights: { technical: 50, behaviour: 30, context: 20 },
  flags: ['keyChanged'],
  needs: [],
  facts: [
    {
      id: 'key',
      part: 'technical',
      name: { fr: 'Meilleure clé connue', en: 'Best known key' },
      source: 'cryptography',
      scale: {
        kind: 'word',
        words: {
          confirmed: {
            points: 40,
            name: { fr: 'confirmée', en: 'confirmed' },
            why: {
              fr: 'Vous avez confirmé vous-même la clé de cette personne.',
              en: 'You have confirmed this person’s key yourself.',
            },
          },
          authenticated: {
            points: 34,
            name: { fr: 'garantie par son domaine', en: 'vouched for by its domain' },
            why: {
              fr: 'Le domaine de cette personne publie sa clé d’une façon que l’on a pu vérifier.',
              en: 'This person’s domain publishes the key in a way that could be checked.',
            },
          },
          offered: {
            points: 24,
            name: { fr: 'proposée', en: 'offered' },
            why: {
              fr: 'La clé est arrivée avec un message ; personne ne l’a encore confirmée.',
              en: 'The key came with a message; nobody has confirmed it yet.',
            },
          },
          poor: {
            points: 5,
            name: { fr: 'périmée ou faible', en: 'expired or weak' },
            why: {
              fr: 'La seule clé connue est périmée ou trop faible.',
              en: 'The only known key has expired or is too weak.',
            },
          },
          none: {
            points: 0,
            name: { fr: 'aucune', en: 'none' },
            why: {
              fr: 'On ne connaît pas de clé utilisable : vous ne pouvez pas chiffrer pour cette personne.',
              en: 'No usable key is known: you cannot encrypt to this person.',
            },
          },
        },
      },
      unknown: {
        fr: 'On n’a pas encore cherché de clé pour cette personne.',
        en: 'No key has been looked for yet for this person.',
      },
    },
    {
      id: 'provider',
      part: 'technical',
      name: { fr: 'Leur fournisseur', en: 'Their provider' },
      source: 'dns',
      scale: {
        kind: 'word',
        words: {
          dane: {
            points: 40,
            name: { fr: 'certificat publié et signé', en: 'certificate published and signed' },
            why: {
              fr: 'Leur fournisseur exige une connexion chiffrée et publie, signé, le certificat à attendre.',
              en: 'Their provider requires an encrypted connection and publishes, signed, which certificate to expect.',
            },
          },
          mtaSts: {
            points: 32,
            name: { fr: 'chiffrement exigé', en: 'encryption required' },
            why: {
              fr: 'Leur fournisseur publie une règle qui exige une connexion chiffrée et vérifiée.',
              en: 'Their provider publishes a rule that requires an encrypted and verified connection.',
            },
          },
          validTls: {
            points: 22,
            name: { fr: 'certificat valable', en: 'valid certificate' },
            why: {
              fr: 'Nos envois vers eux ont pris une connexion chiffrée avec un certificat valable.',
              en: 'Our deliveries to them took an encrypted connection with a valid certificate.',
            },
          },
          anyTls: {
            points: 12,
            name: { fr: 'chiffré sans preuve', en: 'encrypted without proof' },
            why: {
              fr: 'Nos envois vers eux ont pris une connexion chiffrée, mais rien ne prouvait qui était au bout.',
              en: 'Our deliveries to them took an encrypted connection, but nothing proved who was at the other end.',
            },
          },
          none: {
            points: 0,
            name: { fr: 'sans chiffrement', en: 'not encrypted' },
            why: {
              fr: 'Leur fournisseur reçoit les messages sans chiffrement.',
              en: 'Their provider receives messages without encryption.',
            },
          },
        },
      },
      unknown: {
        fr: 'On n’a pas encore vu comment leur fournisseur reçoit les messages.',
        en: 'It has not been seen yet how their provider receives messages.',
      },
    },
    {
      id: 'antiForgery',
      part: 'technical',
      name: { fr: 'Règle contre les fausses adresses', en: 'Rule against false addresses' },
      source: 'dns',
      scale: {
        kind: 'word',
        words: {
          enforced: {
            points: 20,
            name: { fr: 'appliquée', en: 'enforced' },
            why: {
              fr: 'Leur domaine demande d’écarter ou de refuser les messages à fausse adresse.',
              en: 'Their domain asks to set aside or refuse messages with a false address.',
            },
          },
          monitoring: {
            points: 8,
            name: { fr: 'en observation', en: 'watching only' },
            why: {
              fr: 'Leur domaine observe les fausses adresses sans demander de les refuser.',
              en: 'Their domain watches for false addresses without asking to refuse them.',
            },
          },
          none: {
            points: 0,
            name: { fr: 'aucune', en: 'none' },
            why: {
              fr: 'Leur domaine ne publie pas de règle contre les fausses adresses.',
              en: 'Their domain publishes no rule against false addresses.',
            },
          },
        },
      },
      unknown: {
        fr: 'La règle de leur domaine n’est pas connue.',
        en: 'The rule of their domain is not known.',
      },
    },
    {
      id: 'encryptedShare',
      part: 'behaviour',
      name: { fr: 'Part chiffrée', en: 'Share encrypted' },
      source: 'history',
      scale: {
        kind: 'share',
        of: 50,
        why: {
          yes: {
            fr: 'Vos derniers messages avec cette personne étaient tous chiffrés.',
            en: 'Your last messages with this person were all encrypted.',
          },
          partly: {
            fr: 'Parmi vos derniers messages avec cette personne, {value} étaient chiffrés.',
            en: 'Of your last messages with this person, {value} were encrypted.',
          },
          no: {
            fr: 'Aucun de vos derniers messages avec cette personne n’était chiffré.',
            en: 'None of your last messages with this person was encrypted.',
          },
        },
      },
      unknown: {
        fr: 'Vous n’avez pas encore échangé de messages.',
        en: 'You have not exchanged messages yet.',
      },
    },
    {
      id: 'tlsShare',
      part: 'behaviour',
      name: { fr: 'Part sur connexion chiffrée', en: 'Share over encrypted connections' },
      source: 'history',
      scale: {
        kind: 'share',
        of: 30,
        why: {
          yes: {
            fr: 'Tous vos messages ont voyagé par une connexion chiffrée ou dans ce serveur.',
            en: 'All your messages travelled over an encrypted connection or inside this server.',
          },
          partly: {
            fr: 'Parmi vos messages, {value} ont voyagé par une connexion chiffrée ou dans ce serveur.',
            en: 'Of your messages, {value} travelled over an encrypted connection or inside this server.',
          },
          no: {
            fr: 'Aucun de vos messages n’a voyagé par une connexion chiffrée.',
            en: 'None of your messages travelled over an encrypted connection.',
          },
        },
      },
      unknown: {
        fr: 'Vous n’avez pas encore échangé de messages.',
        en: 'You have not exchanged messages yet.',
      },
    },
    {
      id: 'untrackedShare',
      part: 'behaviour',
      name: { fr: 'Part sans pistage', en: 'Share without tracking' },
      source: 'history',
      scale: {
        kind: 'share',
        of: 20,
        why: {
          yes: {
            fr: 'Aucun de leurs messages ne contenait de pistage.',
            en: 'None of their messages contained tracking.',
          },
          partly: {
            fr: 'Parmi leurs messages, {value} étaient sans pistage.',
            en: 'Of their messages, {value} were without tracking.',
          },
          no: {
            fr: 'Tous leurs messages contenaient du pistage.',
            en: 'All their messages contained tracking.',
          },
        },
      },
      unknown: {
        fr: 'Cette personne ne vous a pas encore écrit.',
        en: 'This person has not written to you yet.',
      },
    },
    {
      id: 'history',
      part: 'context',
      name: { fr: 'Échanges passés', en: 'Past exchanges' },
      source: 'history',
      scale: {
        kind: 'word',
        words: {
          both: {
            points: 25,
            name: { fr: 'dans les deux sens', en: 'both ways' },
            why: {
              fr: 'Vous vous écrivez depuis au moins dix messages, dans les deux sens.',
              en: 'You have written to each other, both ways, at least ten messages.',
            },
          },
          some: {
            points: 10,
            name: { fr: 'quelques-uns', en: 'some' },
            why: {
              fr: 'Il y a eu quelques messages, ou dans un seul sens.',
              en: 'There were a few messages, or one way only.',
            },
          },
          none: {
            points: 0,
            name: { fr: 'aucun', en: 'none' },
            why: {
              fr: 'Vous n’avez échangé aucun message.',
              en: 'You have exchanged no message.',
            },
          },
        },
      },
      unknown: {
        fr: 'Les échanges passés ne sont pas connus.',
        en: 'Past exchanges are not known.',
      },
    },
    {
      id: 'network',
      part: 'context',
      name: { fr: 'Leur serveur', en: 'Their server' },
      source: 'deliveries',
      scale: {
        kind: 'word',
        words: {
          instance: {
            points: 35,
            name: { fr: 'le même que le vôtre', en: 'the same as yours' },
            why: {
              fr: 'Vous êtes sur le même serveur : vos messages ne le quittent pas.',
              en: 'You are on the same server: your messages do not leave it.',
            },
          },
          labelled: {
            points: 35,
            name: { fr: 'labellisé', en: 'labelled' },
            why: {
              fr: 'Leur serveur porte un label que l’on a vérifié.',
              en: 'Their server carries a label that was verified.',
            },
          },
          other: {
            points: 0,
            name: { fr: 'un autre', en: 'another' },
            why: {
              fr: 'Leur serveur ne vous promet rien que l’on puisse vérifier.',
              en: 'Their server promises you nothing that could be verified.',
            },
          },
        },
      },
      unknown: {
        fr: 'On ne sait pas encore quel serveur reçoit leurs messages.',
        en: 'It is not known yet which server receives their messages.',
      },
    },
    {
      id: 'identity',
      part: 'context',
      name: { fr: 'Identité', en: 'Identity' },
      source: 'owner',
      scale: {
        kind: 'word',
        words: {
          confirmed: {
            points: 40,
            name: { fr: 'confirmée', en: 'confirmed' },
            why: {
              fr: 'Vous avez comparé avec cette personne l’empreinte ou le code à scanner de sa clé.',
              en: 'You have compared the fingerprint or the scan code of the key with this person.',
            },
          },
          none: {
            points: 0,
            name: { fr: 'non confirmée', en: 'not confirmed' },
            why: {
              fr: 'Vous n’avez pas encore comparé l’empreinte de la clé avec cette personne.',
              en: 'You have not yet compared the fingerprint of the key with this person.',
            },
          },
        },
      },
      unknown: {
        fr: 'On ne sait pas si l’identité a été confirmée.',
        en: 'It is not known whether the identity was confirmed.',
      },
    },
  ],
  ceilings: [
    {
      id: 'keyChanged',
      at: 29,
      holdsWhileUnknown: false,
      when: { keyChanged: [true] },
      name: { fr: 'Nouvelle clé à confirmer', en: 'New key to confirm' },
      why: {
        fr: 'Une autre clé est apparue et attend votre avis : quelqu’un se fait peut-être passer pour cette personne.',
        en: 'Another key has appeared and waits for your word: someone may be posing as this person.',
      },
    },
    {
      id: 'noKey',
      at: 59,
      holdsWhileUnknown: true,
      when: { key: ['none', 'poor'] },
      name: { fr: 'Pas de clé utilisable', en: 'No usable key' },
      why: {
        fr: 'Sans bonne clé, ce que vous écrivez à cette personne reste lisible par les serveurs.',
        en: 'Without a good key, what you write to this person stays readable to the servers.',
      },
    },
  ],
  steps: [
    {
      id: 'confirmIdentity',
      who: 'you',
      sets: [
        { fact: 'identity', to: 'confirmed' },
        { fact: 'keyChanged', to: false },
        { fact: 'key', to: 'confirmed', where: ['authenticated', 'offered'] },
      ],
      name: { fr: 'Confirmer l’identité', en: 'Confirm the identity' },
      why: {
        fr: 'Comparez avec la personne l’empreinte ou le code à scanner de sa clé.',
        en: 'Compare the fingerprint or the scan code of the key with the person.',
      },
    },
    {
      id: 'getKey',
      who: 'them',
      sets: [{ fact: 'key', to: 'offered' }],
      name: { fr: 'Obtenir une clé', en: 'Get a key' },
      why: {
        fr: 'Demandez à la personne de vous envoyer sa clé publique.',
        en: 'Ask the person to send you their public key.',
      },
    },
    {
      id: 'writeEncrypted',
      who: 'you',
      sets: [{ fact: 'encryptedShare', to: 1 }],
      name: { fr: 'Écrire chiffré', en: 'Write encrypted' },
      why: {
        fr: 'Chiffrez les messages que vous échangez avec cette personne.',
        en: 'Encrypt the messages that you exchange with this person.',
      },
    },
    {
      id: 'theirProvider',
      who: 'them',
      sets: [
        { fact: 'provider', to: 'dane' },
        { fact: 'antiForgery', to: 'enforced' },
      ],
      name: { fr: 'Un meilleur fournisseur pour eux', en: 'A better provider for them' },
      why: {
        fr: 'Leur fournisseur peut exiger des connexions chiffrées et refuser les fausses adresses.',
        en: 'Their provider can require encrypted connections and refuse false addresses.',
      },
    },
  ],
};
