import type { SubjectTable } from './table.ts';

/** The device: how exposed what is read on it is (PRIVACY-INDEX.md, "Device"). */
export const deviceTable: SubjectTable = {
  subject: 'device',
  name: { fr: 'appareil', en: 'device' },
  weights: { technical: 50, behaviour: 30, context: 20 },
  flags: ['revoked'],
  needs: [],
  facts: [
    {
      id: 'login',
      part: 'technical',
      name: { fr: 'Façon de se connecter', en: 'Way of signing in' },
      source: 'signIn',
      scale: {
        kind: 'word',
        words: {
          passkey: {
            points: 35,
            name: { fr: 'clé d’accès', en: 'passkey' },
            why: {
              fr: 'Vous vous connectez avec une clé d’accès : elle ne se devine pas et ne se vole pas par un faux site.',
              en: 'You sign in with a passkey: it cannot be guessed, nor stolen by a false site.',
            },
          },
          boundKey: {
            points: 25,
            name: { fr: 'liée à l’appareil', en: 'bound to the device' },
            why: {
              fr: 'La session est liée à une clé qui ne peut pas quitter cet appareil.',
              en: 'The session is bound to a key that cannot leave this device.',
            },
          },
          secondFactor: {
            points: 15,
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
        fr: 'On ne sait pas comment la connexion s’est faite sur cet appareil.',
        en: 'It is not known how the sign-in was done on this device.',
      },
    },
    {
      id: 'connection',
      part: 'technical',
      name: { fr: 'Connexion au serveur', en: 'Connection to the server' },
      source: 'session',
      scale: {
        kind: 'word',
        words: {
          modern: {
            points: 10,
            name: { fr: 'moderne', en: 'modern' },
            why: {
              fr: 'L’appareil parle au serveur par une connexion chiffrée moderne.',
              en: 'The device talks to the server over a modern encrypted connection.',
            },
          },
          dated: {
            points: 5,
            name: { fr: 'datée', en: 'dated' },
            why: {
              fr: 'L’appareil parle au serveur par une connexion chiffrée qui n’est plus la meilleure.',
              en: 'The device talks to the server over an encrypted connection that is no longer the best.',
            },
          },
          none: {
            points: 0,
            name: { fr: 'non chiffrée', en: 'not encrypted' },
            why: {
              fr: 'L’appareil parle au serveur sans chiffrement.',
              en: 'The device talks to the server without encryption.',
            },
          },
        },
      },
      unknown: {
        fr: 'On ne sait pas comment l’appareil parle au serveur.',
        en: 'It is not known how the device talks to the server.',
      },
    },
    {
      id: 'software',
      part: 'technical',
      name: { fr: 'Navigateur', en: 'Browser' },
      source: 'session',
      scale: {
        kind: 'word',
        words: {
          current: {
            points: 25,
            name: { fr: 'à jour', en: 'current' },
            why: { fr: 'Le navigateur est à jour.', en: 'The browser is up to date.' },
          },
          supported: {
            points: 15,
            name: { fr: 'encore suivi', en: 'still supported' },
            why: {
              fr: 'Le navigateur n’est pas le dernier, mais il reçoit encore des corrections.',
              en: 'The browser is not the newest, but it still receives repairs.',
            },
          },
          outdated: {
            points: 0,
            name: { fr: 'dépassé', en: 'outdated' },
            why: {
              fr: 'Le navigateur ne reçoit plus de corrections : ses failles restent ouvertes.',
              en: 'The browser receives no more repairs: its holes stay open.',
            },
          },
        },
      },
      unknown: {
        fr: 'La version du navigateur n’est pas connue.',
        en: 'The version of the browser is not known.',
      },
    },
    {
      id: 'keyLock',
      part: 'technical',
      name: { fr: 'Clé privée sur cet appareil', en: 'Private key on this device' },
      source: 'device',
      scale: {
        kind: 'word',
        words: {
          locked: {
            points: 15,
            name: { fr: 'verrouillée', en: 'locked' },
            why: {
              fr: 'La clé privée est verrouillée par une phrase secrète ou une clé d’accès.',
              en: 'The private key is locked by a passphrase or a passkey.',
            },
          },
          absent: {
            points: 15,
            name: { fr: 'absente', en: 'absent' },
            why: {
              fr: 'Il n’y a pas de clé privée sur cet appareil.',
              en: 'There is no private key on this device.',
            },
          },
          unlocked: {
            points: 0,
            name: { fr: 'non verrouillée', en: 'not locked' },
            why: {
              fr: 'La clé privée n’est pas verrouillée : qui prend l’appareil la prend aussi.',
              en: 'The private key is not locked: whoever takes the device takes it, too.',
            },
          },
        },
      },
      unknown: {
        fr: 'On ne sait pas si une clé privée est sur cet appareil.',
        en: 'It is not known whether a private key is on this device.',
      },
    },
    {
      id: 'screenLock',
      part: 'technical',
      name: { fr: 'Verrouillage de l’écran', en: 'Screen lock' },
      source: 'owner',
      scale: {
        kind: 'word',
        words: {
          yes: {
            points: 15,
            name: { fr: 'oui', en: 'yes' },
            why: {
              fr: 'Vous déclarez que l’écran se verrouille ; on ne peut pas le vérifier.',
              en: 'You say that the screen locks; this cannot be checked.',
            },
          },
          no: {
            points: 0,
            name: { fr: 'non', en: 'no' },
            why: {
              fr: 'Vous déclarez que l’écran ne se verrouille pas.',
              en: 'You say that the screen does not lock.',
            },
          },
        },
      },
      unknown: {
        fr: 'Vous n’avez pas dit si l’écran se verrouille.',
        en: 'You have not said whether the screen locks.',
      },
    },
    {
      id: 'use',
      part: 'behaviour',
      name: { fr: 'Qui s’en sert', en: 'Who uses it' },
      source: 'owner',
      scale: {
        kind: 'word',
        words: {
          personal: {
            points: 40,
            name: { fr: 'vous seul', en: 'you alone' },
            why: {
              fr: 'Vous déclarez être seul à vous servir de cet appareil ; on ne peut pas le vérifier.',
              en: 'You say that you alone use this device; this cannot be checked.',
            },
          },
          shared: {
            points: 10,
            name: { fr: 'partagé', en: 'shared' },
            why: {
              fr: 'Vous déclarez partager cet appareil : d’autres peuvent voir ce que vous y laissez.',
              en: 'You say that you share this device: others can see what you leave on it.',
            },
          },
          public: {
            points: 0,
            name: { fr: 'public', en: 'public' },
            why: {
              fr: 'Vous déclarez que cet appareil est public : n’importe qui passe après vous.',
              en: 'You say that this device is public: anybody can come after you.',
            },
          },
        },
      },
      unknown: {
        fr: 'Vous n’avez pas dit qui se sert de cet appareil.',
        en: 'You have not said who uses this device.',
      },
    },
    {
      id: 'freshness',
      part: 'behaviour',
      name: { fr: 'Dernière connexion complète', en: 'Last full sign-in' },
      source: 'signIn',
      scale: {
        kind: 'word',
        words: {
          days30: {
            points: 40,
            name: { fr: 'moins de 30 jours', en: 'within 30 days' },
            why: {
              fr: 'Vous vous êtes reconnecté il y a moins de 30 jours.',
              en: 'You signed in again less than 30 days ago.',
            },
          },
          days90: {
            points: 20,
            name: { fr: 'moins de 90 jours', en: 'within 90 days' },
            why: {
              fr: 'Votre dernière connexion complète a plus de 30 jours.',
              en: 'Your last full sign-in is more than 30 days old.',
            },
          },
          older: {
            points: 0,
            name: { fr: 'plus ancienne', en: 'older' },
            why: {
              fr: 'Votre dernière connexion complète a plus de 90 jours.',
              en: 'Your last full sign-in is more than 90 days old.',
            },
          },
        },
      },
      unknown: {
        fr: 'On ne sait pas quand vous vous êtes connecté pour la dernière fois.',
        en: 'It is not known when you last signed in.',
      },
    },
    {
      id: 'attempts',
      part: 'behaviour',
      name: { fr: 'Essais ratés en 30 jours', en: 'Failed attempts in 30 days' },
      source: 'signIn',
      scale: {
        kind: 'count',
        bands: [
          { upTo: 0, points: 20 },
          { upTo: 4, points: 10 },
        ],
        words: {},
        why: {
          yes: {
            fr: 'Personne n’a raté une connexion depuis cet appareil en 30 jours.',
            en: 'Nobody failed to sign in from this device in 30 days.',
          },
          partly: {
            fr: 'Connexions ratées depuis cet appareil en 30 jours : {value}.',
            en: 'Failed sign-ins from this device in 30 days: {value}.',
          },
          no: {
            fr: 'Beaucoup de connexions ratées depuis cet appareil en 30 jours : {value}.',
            en: 'Many failed sign-ins from this device in 30 days: {value}.',
          },
        },
      },
      unknown: {
        fr: 'Le nombre de connexions ratées n’est pas connu.',
        en: 'The number of failed sign-ins is not known.',
      },
    },
    {
      id: 'place',
      part: 'context',
      name: { fr: 'Réseau', en: 'Network' },
      source: 'session',
      scale: {
        kind: 'word',
        words: {
          usual: {
            points: 50,
            name: { fr: 'habituel', en: 'usual' },
            why: {
              fr: 'Votre compte a déjà été utilisé depuis ce réseau.',
              en: 'Your account has been used from this network before.',
            },
          },
          new: {
            points: 0,
            name: { fr: 'nouveau', en: 'new' },
            why: {
              fr: 'Votre compte n’a jamais été utilisé depuis ce réseau.',
              en: 'Your account has never been used from this network.',
            },
          },
        },
      },
      unknown: {
        fr: 'On ne sait pas si ce réseau est habituel.',
        en: 'It is not known whether this network is usual.',
      },
    },
    {
      id: 'approval',
      part: 'context',
      name: { fr: 'Approbation', en: 'Approval' },
      source: 'owner',
      scale: {
        kind: 'word',
        words: {
          approved: {
            points: 50,
            name: { fr: 'approuvé', en: 'approved' },
            why: {
              fr: 'Vous avez approuvé cet appareil depuis un autre ou par le message de confirmation.',
              en: 'You approved this device from another one or by the confirmation mail.',
            },
          },
          none: {
            points: 0,
            name: { fr: 'pas encore', en: 'not yet' },
            why: {
              fr: 'Vous n’avez pas encore approuvé cet appareil.',
              en: 'You have not approved this device yet.',
            },
          },
        },
      },
      unknown: {
        fr: 'On ne sait pas si vous avez approuvé cet appareil.',
        en: 'It is not known whether you approved this device.',
      },
    },
  ],
  ceilings: [
    {
      id: 'revoked',
      at: 0,
      holdsWhileUnknown: false,
      when: { revoked: [true] },
      name: { fr: 'Appareil révoqué', en: 'Device revoked' },
      why: {
        fr: 'Vous avez retiré l’accès à cet appareil.',
        en: 'You have withdrawn access from this device.',
      },
    },
    {
      id: 'undeclared',
      at: 0,
      holdsWhileUnknown: false,
      when: { use: ['unknown'], approval: ['none', 'unknown'] },
      name: { fr: 'Usage non déclaré', en: 'Use not declared' },
      why: {
        fr: 'Vous n’avez pas dit qui se sert de cet appareil.',
        en: 'You have not said who uses this device.',
      },
    },
    {
      id: 'undeclared',
      at: 30,
      holdsWhileUnknown: false,
      when: { use: ['unknown'], approval: ['approved'] },
      name: { fr: 'Usage non déclaré', en: 'Use not declared' },
      why: {
        fr: 'Vous n’avez pas dit qui se sert de cet appareil.',
        en: 'You have not said who uses this device.',
      },
    },
    {
      id: 'publicDevice',
      at: 30,
      holdsWhileUnknown: false,
      when: { use: ['public'] },
      name: { fr: 'Appareil public', en: 'Public device' },
      why: {
        fr: 'N’importe qui peut se servir de cet appareil après vous.',
        en: 'Anybody can use this device after you.',
      },
    },
    {
      id: 'unapproved',
      at: 39,
      holdsWhileUnknown: true,
      when: { approval: ['none'] },
      name: { fr: 'Appareil non approuvé', en: 'Device not approved' },
      why: {
        fr: 'Vous n’avez pas confirmé que cet appareil est à vous.',
        en: 'You have not confirmed that this device is yours.',
      },
    },
    {
      id: 'passwordOnly',
      at: 59,
      holdsWhileUnknown: true,
      when: { login: ['password'] },
      name: { fr: 'Mot de passe seul', en: 'Password only' },
      why: {
        fr: 'Un mot de passe seul se devine ou se vole.',
        en: 'A password alone can be guessed or stolen.',
      },
    },
  ],
  steps: [
    {
      id: 'makePasskey',
      who: 'you',
      sets: [{ fact: 'login', to: 'passkey' }],
      name: { fr: 'Créer une clé d’accès', en: 'Make a passkey' },
      why: {
        fr: 'Connectez-vous avec une clé d’accès plutôt qu’un mot de passe.',
        en: 'Sign in with a passkey instead of a password.',
      },
    },
    {
      id: 'approve',
      who: 'you',
      sets: [{ fact: 'approval', to: 'approved' }],
      name: { fr: 'Approuver l’appareil', en: 'Approve the device' },
      why: {
        fr: 'Confirmez depuis un autre appareil, ou par message, que celui-ci est à vous.',
        en: 'Confirm from another device, or by mail, that this one is yours.',
      },
    },
    {
      id: 'declareUse',
      who: 'you',
      sets: [{ fact: 'use', to: 'personal' }],
      offered: { use: ['unknown'] },
      name: { fr: 'Dire qui s’en sert', en: 'Say who uses it' },
      why: {
        fr: 'Dites si vous êtes seul à vous servir de cet appareil.',
        en: 'Say whether you alone use this device.',
      },
    },
    {
      id: 'updateBrowser',
      who: 'you',
      sets: [{ fact: 'software', to: 'current' }],
      name: { fr: 'Mettre à jour le navigateur', en: 'Update the browser' },
      why: {
        fr: 'Installez la dernière version de votre navigateur.',
        en: 'Install the newest version of your browser.',
      },
    },
    {
      id: 'lockKey',
      who: 'you',
      sets: [{ fact: 'keyLock', to: 'locked' }],
      name: { fr: 'Verrouiller la clé', en: 'Lock the key' },
      why: {
        fr: 'Protégez la clé privée par une phrase secrète ou une clé d’accès.',
        en: 'Protect the private key with a passphrase or a passkey.',
      },
    },
    {
      id: 'lockScreen',
      who: 'you',
      sets: [{ fact: 'screenLock', to: 'yes' }],
      name: { fr: 'Verrouiller l’écran', en: 'Lock the screen' },
      why: {
        fr: 'Réglez l’appareil pour que son écran se verrouille.',
        en: 'Set the device so that its screen locks.',
      },
    },
    {
      id: 'signInAgain',
      who: 'you',
      sets: [{ fact: 'freshness', to: 'days30' }],
      name: { fr: 'Se reconnecter', en: 'Sign in again' },
      why: {
        fr: 'Refaites une connexion complète sur cet appareil.',
        en: 'Do a full sign-in again on this device.',
      },
    },
  ],
};
