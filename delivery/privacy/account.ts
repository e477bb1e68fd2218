import type { SubjectTable } from './table.ts';

/** The account: how well its owner's mail is kept (PRIVACY-INDEX.md, "Account"). */
export const accountTable: SubjectTable = {
  subject: 'account',
  name: { fr: 'compte', en: 'account' },
  weights: { technical: 50, behaviour: 25, context: 25 },
  flags: ['stolenPassword'],
  needs: [],
  facts: [
    {
      id: 'signIn',
      part: 'technical',
      name: { fr: 'Façon de se connecter', en: 'Way of signing in' },
      source: 'signIn',
      scale: {
        kind: 'word',
        words: {
          passkey: {
            points: 25,
            name: { fr: 'clé d’accès', en: 'passkey' },
            why: {
              fr: 'Vous vous connectez avec une clé d’accès : elle ne se devine pas et ne se vole pas par un faux site.',
              en: 'You sign in with a passkey: it cannot be guessed, nor stolen by a false site.',
            },
          },
          secondFactor: {
            points: 20,
            name: { fr: 'mot de passe et code', en: 'password and code' },
            why: {
              fr: 'Vous vous connectez avec un mot de passe et une seconde preuve.',
              en: 'You sign in with a password and a second proof.',
            },
          },
          password: {
            points: 0,
            name: { fr: 'mot de passe seul', en: 'password only' },
            why: {
              fr: 'Vous vous connectez avec un mot de passe seul : qui le connaît entre.',
              en: 'You sign in with a password only: whoever knows it gets in.',
            },
          },
        },
      },
      unknown: {
        fr: 'On ne sait pas comment vous vous connectez.',
        en: 'It is not known how you sign in.',
      },
    },
    {
      id: 'password',
      part: 'technical',
      name: { fr: 'Mot de passe', en: 'Password' },
      source: 'signIn',
      scale: {
        kind: 'grade',
        highest: 4,
        of: 15,
        words: {
          none: {
            points: 15,
            name: { fr: 'aucun', en: 'none' },
            why: {
              fr: 'Ce compte n’a pas de mot de passe, seulement des clés d’accès.',
              en: 'This account has no password, only passkeys.',
            },
          },
        },
        why: {
          yes: {
            fr: 'Votre mot de passe est très difficile à deviner.',
            en: 'Your password is very hard to guess.',
          },
          partly: {
            fr: 'Votre mot de passe a la note {value} sur 4 : il pourrait se deviner.',
            en: 'Your password has the grade {value} of 4: it could be guessed.',
          },
          no: {
            fr: 'Votre mot de passe se devine très vite.',
            en: 'Your password can be guessed very quickly.',
          },
        },
      },
      unknown: {
        fr: 'La solidité de votre mot de passe n’a pas encore été mesurée.',
        en: 'The strength of your password has not been measured yet.',
      },
    },
    {
      id: 'ownKey',
      part: 'technical',
      name: { fr: 'Votre clé', en: 'Your key' },
      source: 'cryptography',
      scale: {
        kind: 'word',
        words: {
          strong: {
            points: 20,
            name: { fr: 'forte', en: 'strong' },
            why: {
              fr: 'Vous avez une clé sûre : on peut chiffrer pour vous.',
              en: 'You have a safe key: people can encrypt to you.',
            },
          },
          weak: {
            points: 5,
            name: { fr: 'faible', en: 'weak' },
            why: {
              fr: 'Votre clé est dépassée ou trop courte.',
              en: 'Your key is outdated or too short.',
            },
          },
          none: {
            points: 0,
            name: { fr: 'aucune', en: 'none' },
            why: {
              fr: 'Vous n’avez pas de clé : personne ne peut chiffrer pour vous.',
              en: 'You have no key: nobody can encrypt to you.',
            },
          },
        },
      },
      unknown: {
        fr: 'On ne sait pas si vous avez une clé.',
        en: 'It is not known whether you have a key.',
      },
    },
    {
      id: 'published',
      part: 'technical',
      name: { fr: 'Clé publiée', en: 'Published key' },
      source: 'dns',
      scale: {
        kind: 'set',
        words: {
          dns: {
            points: 5,
            name: { fr: 'annuaire signé des noms', en: 'signed directory of names' },
            why: {
              fr: 'Votre clé se trouve par l’annuaire des noms d’Internet, avec une signature.',
              en: 'Your key can be found through the directory of Internet names, with a signature.',
            },
          },
          wkd: {
            points: 5,
            name: { fr: 'site de votre domaine', en: 'your domain’s web site' },
            why: {
              fr: 'Votre clé se trouve sur le site web de votre domaine.',
              en: 'Your key can be found on your domain’s web site.',
            },
          },
        },
        why: {
          yes: {
            fr: 'Les autres trouvent votre clé par les deux voies : {value}.',
            en: 'Others find your key both ways: {value}.',
          },
          partly: {
            fr: 'Les autres trouvent votre clé par une seule voie : {value}.',
            en: 'Others find your key one way only: {value}.',
          },
          no: {
            fr: 'Les autres ne peuvent pas trouver votre clé.',
            en: 'Others cannot find your key.',
          },
        },
      },
      unknown: {
        fr: 'On n’a pas encore vérifié si les autres trouvent votre clé.',
        en: 'It has not been checked yet whether others find your key.',
      },
    },
    {
      id: 'backup',
      part: 'technical',
      name: { fr: 'Copie de la clé', en: 'Backup of the key' },
      source: 'settings',
      scale: {
        kind: 'flag',
        of: 5,
        why: {
          yes: {
            fr: 'Vous avez fait une copie de secours de votre clé.',
            en: 'You have made a backup of your key.',
          },
          no: {
            fr: 'Sans copie de secours, une clé perdue rend vos messages illisibles.',
            en: 'Without a backup, a lost key makes your messages unreadable.',
          },
        },
      },
      unknown: {
        fr: 'On ne sait pas si vous avez une copie de secours de votre clé.',
        en: 'It is not known whether you have a backup of your key.',
      },
    },
    {
      id: 'domain',
      part: 'technical',
      name: { fr: 'Votre domaine', en: 'Your domain' },
      source: 'dns',
      scale: {
        kind: 'set',
        words: {
          mx: {
            points: 5,
            name: { fr: 'réception chiffrée exigée', en: 'encrypted reception required' },
            why: {
              fr: 'Le domaine exige une connexion chiffrée de qui lui écrit.',
              en: 'The domain requires an encrypted connection from whoever writes to it.',
            },
          },
          spf: {
            points: 5,
            name: { fr: 'serveurs d’envoi déclarés', en: 'sending servers declared' },
            why: {
              fr: 'Le domaine dit quels serveurs peuvent envoyer en son nom, et eux seuls.',
              en: 'The domain says which servers may send in its name, and only they.',
            },
          },
          dkim: {
            points: 5,
            name: { fr: 'envois signés', en: 'signed mail' },
            why: {
              fr: 'Le domaine signe ses messages avec une bonne clé.',
              en: 'The domain signs its messages with a good key.',
            },
          },
          dmarc: {
            points: 5,
            name: { fr: 'fausses adresses refusées', en: 'false addresses refused' },
            why: {
              fr: 'Le domaine demande d’écarter les messages qui usurpent ses adresses.',
              en: 'The domain asks to set aside messages that misuse its addresses.',
            },
          },
          dnssec: {
            points: 5,
            name: { fr: 'annuaire signé', en: 'signed directory' },
            why: {
              fr: 'Les réponses de l’annuaire des noms pour ce domaine sont signées.',
              en: 'The answers of the directory of names for this domain are signed.',
            },
          },
        },
        why: {
          yes: {
            fr: 'Votre domaine est protégé en tout point : {value}.',
            en: 'Your domain is protected in every way: {value}.',
          },
          partly: {
            fr: 'Votre domaine est protégé en partie : {value}.',
            en: 'Your domain is protected in part: {value}.',
          },
          no: {
            fr: 'Votre domaine n’a aucune des protections possibles.',
            en: 'Your domain has none of the possible protections.',
          },
        },
      },
      unknown: {
        fr: 'Les protections de votre domaine n’ont pas encore été vérifiées.',
        en: 'The protections of your domain have not been checked yet.',
      },
    },
    {
      id: 'sentEncrypted',
      part: 'behaviour',
      name: { fr: 'Envois chiffrés', en: 'Sent encrypted' },
      source: 'history',
      scale: {
        kind: 'share',
        of: 40,
        why: {
          yes: {
            fr: 'Vos derniers envois étaient tous chiffrés.',
            en: 'The last messages you sent were all encrypted.',
          },
          partly: {
            fr: 'Parmi vos derniers envois, {value} étaient chiffrés.',
            en: 'Of the last messages you sent, {value} were encrypted.',
          },
          no: {
            fr: 'Aucun de vos derniers envois n’était chiffré.',
            en: 'None of the last messages you sent was encrypted.',
          },
        },
      },
      unknown: {
        fr: 'Vous n’avez encore rien envoyé.',
        en: 'You have not sent anything yet.',
      },
    },
    {
      id: 'remoteContent',
      part: 'behaviour',
      name: { fr: 'Contenu distant bloqué', en: 'Remote content blocked' },
      source: 'settings',
      scale: {
        kind: 'flag',
        of: 20,
        why: {
          yes: {
            fr: 'Les images et autres éléments distants restent bloqués tant que vous ne les demandez pas.',
            en: 'Remote pictures and other things stay blocked until you ask for them.',
          },
          no: {
            fr: 'Les éléments distants se chargent d’eux-mêmes : l’expéditeur sait quand vous lisez.',
            en: 'Remote things load by themselves: the sender knows when you read.',
          },
        },
      },
      unknown: {
        fr: 'Le réglage du contenu distant n’est pas connu.',
        en: 'The setting for remote content is not known.',
      },
    },
    {
      id: 'contacts',
      part: 'behaviour',
      name: { fr: 'Vos correspondants', en: 'People you write to' },
      source: 'contacts',
      scale: {
        kind: 'index',
        of: 20,
        why: {
          yes: {
            fr: 'Vos contacts les plus fréquents ont tous l’indice le plus haut.',
            en: 'The contacts you write to most all have the highest index.',
          },
          partly: {
            fr: 'L’indice moyen de vos contacts les plus fréquents est de {value} sur 100.',
            en: 'The mean index of the contacts you write to most is {value} of 100.',
          },
          no: {
            fr: 'L’indice moyen de vos contacts les plus fréquents est de 0.',
            en: 'The mean index of the contacts you write to most is 0.',
          },
        },
      },
      unknown: {
        fr: 'Vous n’avez pas encore de contacts à qui vous écrivez.',
        en: 'You have no contacts yet to whom you write.',
      },
    },
    {
      id: 'staleDevices',
      part: 'behaviour',
      name: { fr: 'Pas d’appareil oublié', en: 'No forgotten device' },
      source: 'signIn',
      scale: {
        kind: 'flag',
        of: 20,
        why: {
          yes: {
            fr: 'Tous vos appareils ont servi ces 90 derniers jours.',
            en: 'All your devices were used in the last 90 days.',
          },
          no: {
            fr: 'Un appareil inutilisé depuis 90 jours a encore accès à votre compte.',
            en: 'A device not used for 90 days still has access to your account.',
          },
        },
      },
      unknown: {
        fr: 'L’usage de vos appareils n’est pas connu.',
        en: 'The use of your devices is not known.',
      },
    },
    {
      id: 'devices',
      part: 'context',
      name: { fr: 'Appareil le plus exposé', en: 'Most exposed device' },
      source: 'device',
      scale: {
        kind: 'index',
        of: 40,
        why: {
          yes: {
            fr: 'Tous vos appareils connectés ont l’indice le plus haut.',
            en: 'All your signed-in devices have the highest index.',
          },
          partly: {
            fr: 'Votre appareil connecté le plus exposé a un indice de {value} sur 100.',
            en: 'Your most exposed signed-in device has an index of {value} of 100.',
          },
          no: {
            fr: 'Un de vos appareils connectés a un indice de 0.',
            en: 'One of your signed-in devices has an index of 0.',
          },
        },
      },
      unknown: {
        fr: 'L’indice de vos appareils n’est pas encore connu.',
        en: 'The index of your devices is not known yet.',
      },
    },
    {
      id: 'custody',
      part: 'context',
      name: { fr: 'Qui garde votre clé', en: 'Who keeps your key' },
      source: 'custody',
      scale: {
        kind: 'word',
        words: {
          client: {
            points: 30,
            name: { fr: 'vous seul', en: 'you alone' },
            why: {
              fr: 'Votre clé n’existe que sur vos appareils : ce serveur ne peut pas ouvrir vos messages.',
              en: 'Your key exists on your devices only: this server cannot open your messages.',
            },
          },
          server: {
            points: 12,
            name: { fr: 'ce serveur', en: 'this server' },
            why: {
              fr: 'Ce serveur garde votre clé et peut ouvrir vos messages.',
              en: 'This server keeps your key and can open your messages.',
            },
          },
          none: {
            points: 0,
            name: { fr: 'personne', en: 'nobody' },
            why: {
              fr: 'Aucune clé ne protège vos messages sur ce serveur.',
              en: 'No key protects your messages on this server.',
            },
          },
        },
      },
      unknown: {
        fr: 'On ne sait pas qui garde votre clé.',
        en: 'It is not known who keeps your key.',
      },
    },
    {
      id: 'storage',
      part: 'context',
      name: { fr: 'Conservation', en: 'Storage' },
      source: 'store',
      scale: {
        kind: 'word',
        words: {
          sealed: {
            points: 20,
            name: { fr: 'scellée', en: 'sealed' },
            why: {
              fr: 'Vos messages sont gardés chiffrés avec votre clé.',
              en: 'Your messages are kept encrypted with your key.',
            },
          },
          clear: {
            points: 0,
            name: { fr: 'en clair', en: 'in clear' },
            why: {
              fr: 'Vos messages sont gardés comme ils arrivent, sans être chiffrés avec votre clé.',
              en: 'Your messages are kept as they arrive, not encrypted with your key.',
            },
          },
        },
      },
      unknown: {
        fr: 'On ne sait pas comment vos messages sont gardés.',
        en: 'It is not known how your messages are kept.',
      },
    },
    {
      id: 'recovery',
      part: 'context',
      name: { fr: 'Voie de secours', en: 'Recovery route' },
      source: 'settings',
      scale: {
        kind: 'flag',
        of: 10,
        why: {
          yes: {
            fr: 'Vous avez une voie de secours vérifiée pour retrouver l’accès.',
            en: 'You have a verified route to get back in.',
          },
          no: {
            fr: 'Vous n’avez pas de voie de secours vérifiée si vous perdez l’accès.',
            en: 'You have no verified route to get back in if you lose access.',
          },
        },
      },
      unknown: {
        fr: 'On ne sait pas si vous avez une voie de secours.',
        en: 'It is not known whether you have a route to get back in.',
      },
    },
  ],
  ceilings: [
    {
      id: 'stolenPassword',
      at: 19,
      holdsWhileUnknown: false,
      when: { stolenPassword: [true] },
      name: { fr: 'Mot de passe divulgué', en: 'Leaked password' },
      why: {
        fr: 'Votre mot de passe figure dans une liste de mots de passe volés.',
        en: 'Your password is in a list of stolen passwords.',
      },
    },
    {
      id: 'noKey',
      at: 69,
      holdsWhileUnknown: true,
      when: { ownKey: ['none'] },
      name: { fr: 'Pas de clé', en: 'No key' },
      why: {
        fr: 'Sans clé, personne ne peut chiffrer pour vous et vos messages ne peuvent pas être scellés.',
        en: 'Without a key nobody can encrypt to you, and your messages cannot be sealed.',
      },
    },
  ],
  steps: [
    {
      id: 'makePasskey',
      who: 'you',
      sets: [{ fact: 'signIn', to: 'passkey' }],
      name: { fr: 'Créer une clé d’accès', en: 'Make a passkey' },
      why: {
        fr: 'Connectez-vous avec une clé d’accès plutôt qu’un mot de passe.',
        en: 'Sign in with a passkey instead of a password.',
      },
    },
    {
      id: 'strongerPassword',
      who: 'you',
      sets: [
        { fact: 'password', to: 4 },
        { fact: 'stolenPassword', to: false },
      ],
      name: { fr: 'Un meilleur mot de passe', en: 'A stronger password' },
      why: {
        fr: 'Choisissez un mot de passe long qui ne sert nulle part ailleurs.',
        en: 'Choose a long password that is used nowhere else.',
      },
    },
    {
      id: 'makeKey',
      who: 'you',
      sets: [
        { fact: 'ownKey', to: 'strong' },
        { fact: 'custody', to: 'client' },
        { fact: 'storage', to: 'sealed' },
      ],
      name: { fr: 'Créer votre clé', en: 'Make your key' },
      why: {
        fr: 'Créez une clé sur cet appareil : vos messages seront scellés pour elle.',
        en: 'Make a key on this device: your messages will be sealed for it.',
      },
    },
    {
      id: 'holdKeyYourself',
      who: 'you',
      sets: [
        { fact: 'custody', to: 'client' },
        { fact: 'storage', to: 'sealed' },
      ],
      name: { fr: 'Garder votre clé vous-même', en: 'Hold your key yourself' },
      why: {
        fr: 'Votre clé ne vit plus que sur vos appareils, et les messages sont scellés pour elle.',
        en: 'Your key then lives on your devices only, and messages are sealed for it.',
      },
    },
    {
      id: 'publishKey',
      who: 'you',
      sets: [{ fact: 'published', to: ['dns', 'wkd'] }],
      name: { fr: 'Publier votre clé', en: 'Publish your key' },
      why: {
        fr: 'Laissez les autres trouver votre clé publique.',
        en: 'Let others find your public key.',
      },
    },
    {
      id: 'backupKey',
      who: 'you',
      sets: [{ fact: 'backup', to: true }],
      name: { fr: 'Copier votre clé', en: 'Back up your key' },
      why: {
        fr: 'Faites une copie de secours de votre clé.',
        en: 'Make a backup of your key.',
      },
    },
    {
      id: 'encryptMore',
      who: 'you',
      sets: [{ fact: 'sentEncrypted', to: 1 }],
      name: { fr: 'Chiffrer davantage', en: 'Encrypt more' },
      why: {
        fr: 'Chiffrez les messages que vous envoyez, quand la personne a une clé.',
        en: 'Encrypt the messages you send, when the person has a key.',
      },
    },
    {
      id: 'blockRemote',
      who: 'you',
      sets: [{ fact: 'remoteContent', to: true }],
      name: { fr: 'Bloquer le contenu distant', en: 'Block remote content' },
      why: {
        fr: 'Ne chargez les images distantes que lorsque vous le demandez.',
        en: 'Load remote pictures only when you ask for them.',
      },
    },
    {
      id: 'reviewDevices',
      who: 'you',
      sets: [{ fact: 'staleDevices', to: true }],
      name: { fr: 'Revoir vos appareils', en: 'Review your devices' },
      why: {
        fr: 'Retirez l’accès aux appareils que vous n’utilisez plus.',
        en: 'Withdraw access from devices that you no longer use.',
      },
    },
    {
      id: 'setRecovery',
      who: 'you',
      sets: [{ fact: 'recovery', to: true }],
      name: { fr: 'Prévoir une voie de secours', en: 'Set a recovery route' },
      why: {
        fr: 'Choisissez et vérifiez une voie pour retrouver l’accès.',
        en: 'Choose and verify a route to get back in.',
      },
    },
    {
      id: 'fixDomain',
      who: 'operator',
      sets: [{ fact: 'domain', to: ['mx', 'spf', 'dkim', 'dmarc', 'dnssec'] }],
      name: { fr: 'Protéger le domaine', en: 'Protect the domain' },
      why: {
        fr: 'Demandez à qui gère le domaine de publier ses protections.',
        en: 'Ask whoever runs the domain to publish its protections.',
      },
    },
  ],
};
