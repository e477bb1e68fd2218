import type { SubjectTable } from './table.ts';

/** The message: the record of its delivery (PRIVACY-INDEX.md, "Message"). */
export const messageTable: SubjectTable = {
  subject: 'message',
  name: { fr: 'message', en: 'message' },
  weights: { technical: 60, behaviour: 20, context: 20 },
  flags: ['forged', 'harmful', 'noIntegrity'],
  needs: [{ flag: 'forged', fact: 'sender', value: 'failed' }],
  facts: [
    {
      id: 'encryption',
      part: 'technical',
      name: { fr: 'Chiffrement du contenu', en: 'Encryption of the content' },
      source: 'cryptography',
      scale: {
        kind: 'word',
        words: {
          strong: {
            points: 45,
            name: { fr: 'fort', en: 'strong' },
            why: {
              fr: 'Le contenu est chiffré de bout en bout par une méthode sûre : sans la clé, personne ne le lit.',
              en: 'The content is encrypted from end to end with a safe method: without the key nobody reads it.',
            },
          },
          weak: {
            points: 15,
            name: { fr: 'faible', en: 'weak' },
            why: {
              fr: 'Le contenu est chiffré, mais par une méthode dépassée ou avec une clé trop courte.',
              en: 'The content is encrypted, but with an outdated method or a key that is too short.',
            },
          },
          none: {
            points: 0,
            name: { fr: 'aucun', en: 'none' },
            why: {
              fr: 'Le contenu n’est pas chiffré : chaque serveur sur le chemin a pu le lire.',
              en: 'The content is not encrypted: every server on the way could read it.',
            },
          },
        },
      },
      unknown: {
        fr: 'On n’a pas pu vérifier si le contenu est chiffré.',
        en: 'It could not be checked whether the content is encrypted.',
      },
    },
    {
      id: 'signature',
      part: 'technical',
      name: { fr: 'Signature', en: 'Signature' },
      source: 'cryptography',
      scale: {
        kind: 'word',
        words: {
          verified: {
            points: 20,
            name: { fr: 'vérifiée', en: 'verified' },
            why: {
              fr: 'La signature est valable et la clé est confirmée : le message vient de cette personne, inchangé.',
              en: 'The signature is valid and the key is confirmed: the message is from this person, unchanged.',
            },
          },
          seen: {
            points: 14,
            name: { fr: 'clé déjà vue', en: 'key seen before' },
            why: {
              fr: 'La signature est valable, avec la même clé qu’avant ou un certificat reconnu, mais personne n’a confirmé la clé.',
              en: 'The signature is valid, with the same key as before or a recognised certificate, but nobody has confirmed the key.',
            },
          },
          unknownKey: {
            points: 6,
            name: { fr: 'clé inconnue', en: 'unknown key' },
            why: {
              fr: 'La signature est valable, mais on ne sait pas encore à qui est la clé.',
              en: 'The signature is valid, but it is not yet known whose key it is.',
            },
          },
          none: {
            points: 0,
            name: { fr: 'aucune', en: 'none' },
            why: {
              fr: 'Le message n’est pas signé : rien ne prouve que son contenu est resté le même.',
              en: 'The message is not signed: nothing proves that its content stayed the same.',
            },
          },
          invalid: {
            points: 0,
            name: { fr: 'non valable', en: 'not valid' },
            why: {
              fr: 'La signature ne correspond pas au contenu : il a changé, ou la clé est une autre.',
              en: 'The signature does not fit the content: it was changed, or the key is another one.',
            },
          },
        },
      },
      unknown: {
        fr: 'On n’a pas pu vérifier la signature.',
        en: 'The signature could not be checked.',
      },
    },
    {
      id: 'lastHop',
      part: 'technical',
      name: { fr: 'Dernier trajet', en: 'Last leg of the way' },
      source: 'session',
      scale: {
        kind: 'word',
        words: {
          modern: {
            points: 20,
            name: { fr: 'connexion moderne', en: 'modern connection' },
            why: {
              fr: 'Le message est arrivé par une connexion chiffrée moderne, ou sans quitter ce serveur.',
              en: 'The message arrived over a modern encrypted connection, or without leaving this server.',
            },
          },
          dated: {
            points: 12,
            name: { fr: 'connexion datée', en: 'dated connection' },
            why: {
              fr: 'Le message est arrivé par une connexion chiffrée dont les réglages ne sont plus les meilleurs.',
              en: 'The message arrived over an encrypted connection whose settings are no longer the best.',
            },
          },
          old: {
            points: 5,
            name: { fr: 'connexion ancienne', en: 'old connection' },
            why: {
              fr: 'Le message est arrivé par une connexion chiffrée ancienne, ou dont on ne sait pas la version.',
              en: 'The message arrived over an encrypted connection that is old or of unknown version.',
            },
          },
          none: {
            points: 0,
            name: { fr: 'connexion ouverte', en: 'open connection' },
            why: {
              fr: 'Le message est arrivé par une connexion sans chiffrement : on pouvait le lire sur la ligne.',
              en: 'The message arrived over a connection without encryption: it could be read on the line.',
            },
          },
        },
      },
      unknown: {
        fr: 'On ne sait pas si la connexion qui l’a apporté était chiffrée.',
        en: 'It is not known whether the connection that brought it was encrypted.',
      },
    },
    {
      id: 'earlierHops',
      part: 'technical',
      name: { fr: 'Trajets précédents', en: 'Earlier legs of the way' },
      source: 'trace',
      scale: {
        kind: 'word',
        words: {
          inside: {
            points: 5,
            name: { fr: 'interne', en: 'inside' },
            why: {
              fr: 'Le message n’a pas quitté ce serveur : il n’y a pas eu d’autre trajet.',
              en: 'The message never left this server: there was no other leg.',
            },
          },
          allTls: {
            points: 5,
            name: { fr: 'tous chiffrés', en: 'all encrypted' },
            why: {
              fr: 'Les serveurs précédents disent avoir tous utilisé une connexion chiffrée ; on ne peut pas le vérifier.',
              en: 'The earlier servers say that all of them used an encrypted connection; this cannot be checked.',
            },
          },
          someTls: {
            points: 2,
            name: { fr: 'certains chiffrés', en: 'some encrypted' },
            why: {
              fr: 'Une partie seulement des serveurs précédents dit avoir utilisé une connexion chiffrée.',
              en: 'Only some of the earlier servers say that they used an encrypted connection.',
            },
          },
          none: {
            points: 0,
            name: { fr: 'aucun chiffré', en: 'none encrypted' },
            why: {
              fr: 'Aucun des serveurs précédents ne dit avoir utilisé une connexion chiffrée.',
              en: 'None of the earlier servers says that it used an encrypted connection.',
            },
          },
        },
      },
      unknown: {
        fr: 'Le message ne dit rien de lisible sur les serveurs précédents.',
        en: 'The message says nothing readable about the earlier servers.',
      },
    },
    {
      id: 'sender',
      part: 'technical',
      name: { fr: 'Origine de l’adresse', en: 'Origin of the address' },
      source: 'authentication',
      scale: {
        kind: 'word',
        words: {
          dmarc: {
            points: 10,
            name: { fr: 'confirmée par son domaine', en: 'confirmed by its domain' },
            why: {
              fr: 'Le domaine de l’expéditeur publie une règle contre les fausses adresses, et le message la respecte.',
              en: 'The sender’s domain publishes a rule against false addresses, and the message meets it.',
            },
          },
          inside: {
            points: 10,
            name: { fr: 'quelqu’un de ce serveur', en: 'someone on this server' },
            why: {
              fr: 'L’expéditeur s’est identifié sur ce serveur avant d’envoyer le message.',
              en: 'The sender signed in to this server before sending the message.',
            },
          },
          aligned: {
            points: 6,
            name: { fr: 'correspond à son domaine', en: 'matches its domain' },
            why: {
              fr: 'Le message vient bien du domaine de l’expéditeur, mais ce domaine ne publie pas de règle contre les fausses adresses.',
              en: 'The message does come from the sender’s domain, but that domain publishes no rule against false addresses.',
            },
          },
          none: {
            points: 0,
            name: { fr: 'non confirmée', en: 'not confirmed' },
            why: {
              fr: 'Rien ne confirme que le message vient de l’adresse affichée.',
              en: 'Nothing confirms that the message comes from the address shown.',
            },
          },
          failed: {
            points: 0,
            name: { fr: 'contredite', en: 'contradicted' },
            why: {
              fr: 'Le message échoue à la vérification du domaine de l’expéditeur : l’adresse affichée est peut-être fausse.',
              en: 'The message fails the check of the sender’s domain: the address shown may be false.',
            },
          },
        },
      },
      unknown: {
        fr: 'L’origine de l’adresse n’a pas pu être vérifiée.',
        en: 'The origin of the address could not be checked.',
      },
    },
    {
      id: 'tracking',
      part: 'behaviour',
      name: { fr: 'Pistage', en: 'Tracking' },
      source: 'content',
      scale: {
        kind: 'word',
        words: {
          clean: {
            points: 30,
            name: { fr: 'rien trouvé', en: 'none found' },
            why: {
              fr: 'Tout le contenu a été examiné : pas d’image espion, pas d’accusé de lecture, pas de lien qui vous suit.',
              en: 'The whole content was looked through: no spy picture, no read receipt, no link that follows you.',
            },
          },
          tracked: {
            points: 0,
            name: { fr: 'présent', en: 'present' },
            why: {
              fr: 'Le message contient de quoi savoir que vous le lisez ou cliquez : image espion, accusé de lecture ou lien personnel.',
              en: 'The message contains a way to know that you read or click: a spy picture, a read receipt or a personal link.',
            },
          },
        },
      },
      unknown: {
        fr: 'Le contenu n’a pas pu être examiné en entier pour y chercher du pistage.',
        en: 'The content could not be looked through completely for tracking.',
      },
    },
    {
      id: 'remoteContent',
      part: 'behaviour',
      name: { fr: 'Contenu distant', en: 'Remote content' },
      source: 'content',
      scale: {
        kind: 'word',
        words: {
          absent: {
            points: 15,
            name: { fr: 'absent', en: 'absent' },
            why: {
              fr: 'Le message s’affiche en entier sans rien aller chercher ailleurs.',
              en: 'The message can be shown completely without fetching anything elsewhere.',
            },
          },
          present: {
            points: 0,
            name: { fr: 'présent', en: 'present' },
            why: {
              fr: 'Le message veut charger des images ou d’autres éléments d’un serveur, qui saurait alors que vous le lisez.',
              en: 'The message wants to load pictures or other things from a server, which would then know that you read it.',
            },
          },
        },
      },
      unknown: {
        fr: 'Le contenu n’a pas pu être examiné en entier pour y chercher des éléments distants.',
        en: 'The content could not be looked through completely for remote things.',
      },
    },
    {
      id: 'audience',
      part: 'behaviour',
      name: { fr: 'Nombre de personnes', en: 'Number of people' },
      source: 'content',
      scale: {
        kind: 'count',
        bands: [
          { upTo: 1, points: 25 },
          { upTo: 5, points: 20 },
          { upTo: 20, points: 10 },
        ],
        words: {
          list: {
            points: 0,
            name: { fr: 'liste de diffusion', en: 'mailing list' },
            why: {
              fr: 'Le message passe par une liste de diffusion : on ne sait pas qui le reçoit.',
              en: 'The message goes through a mailing list: it is not known who receives it.',
            },
          },
        },
        why: {
          yes: {
            fr: 'Autres participants que vous : {value}. Le message reste entre vous.',
            en: 'Participants besides you: {value}. The message stays between you.',
          },
          partly: {
            fr: 'Autres participants que vous : {value}. Chacun peut le garder ou le faire suivre.',
            en: 'Participants besides you: {value}. Each of them can keep it or pass it on.',
          },
          no: {
            fr: 'Autres participants que vous : {value}. C’est un grand public.',
            en: 'Participants besides you: {value}. That is a large audience.',
          },
        },
      },
      unknown: {
        fr: 'On ne sait pas combien de personnes prennent part à ce message.',
        en: 'It is not known how many people take part in this message.',
      },
    },
    {
      id: 'subject',
      part: 'behaviour',
      name: { fr: 'Objet', en: 'Subject line' },
      source: 'cryptography',
      scale: {
        kind: 'word',
        words: {
          protected: {
            points: 10,
            name: { fr: 'protégé', en: 'protected' },
            why: {
              fr: 'L’objet est chiffré avec le contenu ou remplacé par un texte neutre.',
              en: 'The subject line is encrypted with the content or replaced by neutral words.',
            },
          },
          open: {
            points: 0,
            name: { fr: 'lisible', en: 'open' },
            why: {
              fr: 'L’objet voyage en clair : les serveurs sur le chemin le lisent.',
              en: 'The subject line travels in clear: the servers on the way read it.',
            },
          },
        },
      },
      unknown: {
        fr: 'On ne sait pas encore si l’objet est protégé.',
        en: 'It is not yet known whether the subject line is protected.',
      },
    },
    {
      id: 'habit',
      part: 'behaviour',
      name: { fr: 'Habitude de chiffrer', en: 'Habit of encrypting' },
      source: 'history',
      scale: {
        kind: 'share',
        of: 20,
        why: {
          yes: {
            fr: 'Les derniers messages de cette discussion étaient tous chiffrés.',
            en: 'The last messages of this discussion were all encrypted.',
          },
          partly: {
            fr: 'Parmi les derniers messages de cette discussion, {value} étaient chiffrés.',
            en: 'Of the last messages of this discussion, {value} were encrypted.',
          },
          no: {
            fr: 'Aucun des derniers messages de cette discussion n’était chiffré.',
            en: 'None of the last messages of this discussion was encrypted.',
          },
        },
      },
      unknown: {
        fr: 'Cette discussion n’a pas encore d’histoire, ou l’adresse de l’auteur n’est pas confirmée.',
        en: 'This discussion has no history yet, or the author’s address is not confirmed.',
      },
    },
    {
      id: 'known',
      part: 'context',
      name: { fr: 'Participants connus', en: 'Known participants' },
      source: 'contacts',
      scale: {
        kind: 'share',
        of: 20,
        why: {
          yes: {
            fr: 'Tous les autres participants sont dans vos contacts.',
            en: 'All other participants are among your contacts.',
          },
          partly: {
            fr: 'Parmi les autres participants, {value} sont dans vos contacts.',
            en: 'Of the other participants, {value} are among your contacts.',
          },
          no: {
            fr: 'Aucun des autres participants n’est dans vos contacts.',
            en: 'None of the other participants is among your contacts.',
          },
        },
      },
      unknown: {
        fr: 'L’auteur n’est pas un contact dont l’adresse est confirmée : les noms qu’il cite ne comptent pas.',
        en: 'The author is not a contact with a confirmed address: the names they give do not count.',
      },
    },
    {
      id: 'weakestContact',
      part: 'context',
      name: { fr: 'Contact le plus exposé', en: 'Most exposed contact' },
      source: 'contacts',
      scale: {
        kind: 'index',
        of: 30,
        why: {
          yes: {
            fr: 'Aucun autre participant n’expose ce message : indice le plus bas {value} sur 100.',
            en: 'No other participant exposes this message: lowest index {value} of 100.',
          },
          partly: {
            fr: 'Le participant le plus exposé a un indice de {value} sur 100.',
            en: 'The most exposed participant has an index of {value} of 100.',
          },
          no: {
            fr: 'Un participant n’est pas dans vos contacts, ou son indice est de 0.',
            en: 'A participant is not among your contacts, or has an index of 0.',
          },
        },
      },
      unknown: {
        fr: 'L’indice d’un participant n’est pas encore connu, ou l’adresse de l’auteur n’est pas confirmée.',
        en: 'The index of a participant is not known yet, or the author’s address is not confirmed.',
      },
    },
    {
      id: 'custody',
      part: 'context',
      name: { fr: 'Qui peut ouvrir l’exemplaire gardé', en: 'Who can open the stored copy' },
      source: 'custody',
      scale: {
        kind: 'word',
        words: {
          client: {
            points: 25,
            name: { fr: 'vous seul', en: 'you alone' },
            why: {
              fr: 'La clé n’existe que sur vos appareils : ce serveur ne peut pas ouvrir le message.',
              en: 'The key exists on your devices only: this server cannot open the message.',
            },
          },
          server: {
            points: 10,
            name: { fr: 'vous et ce serveur', en: 'you and this server' },
            why: {
              fr: 'Ce serveur garde votre clé et peut ouvrir le message.',
              en: 'This server keeps your key and can open the message.',
            },
          },
          open: {
            points: 0,
            name: { fr: 'tout administrateur', en: 'any administrator' },
            why: {
              fr: 'Aucune clé ne protège l’exemplaire gardé : qui administre ce serveur peut le lire.',
              en: 'No key protects the stored copy: whoever runs this server can read it.',
            },
          },
        },
      },
      unknown: {
        fr: 'On ne sait pas qui peut ouvrir l’exemplaire gardé.',
        en: 'It is not known who can open the stored copy.',
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
            points: 25,
            name: { fr: 'scellée', en: 'sealed' },
            why: {
              fr: 'Le message est gardé chiffré avec votre clé.',
              en: 'The message is kept encrypted with your key.',
            },
          },
          clear: {
            points: 0,
            name: { fr: 'en clair', en: 'in clear' },
            why: {
              fr: 'Le message est gardé comme il est arrivé, sans être chiffré avec votre clé.',
              en: 'The message is kept as it arrived, not encrypted with your key.',
            },
          },
        },
      },
      unknown: {
        fr: 'On ne sait pas comment le message est gardé.',
        en: 'It is not known how the message is kept.',
      },
    },
  ],
  ceilings: [
    {
      id: 'forged',
      at: 10,
      holdsWhileUnknown: false,
      when: { forged: [true] },
      name: { fr: 'Adresse sans doute fausse', en: 'Address probably false' },
      why: {
        fr: 'Le domaine affiché demande de refuser ce message : il n’en vient pas.',
        en: 'The domain shown asks to refuse this message: it does not come from there.',
      },
    },
    {
      id: 'harmful',
      at: 10,
      holdsWhileUnknown: false,
      when: { harmful: [true] },
      name: { fr: 'Message dangereux', en: 'Harmful message' },
      why: {
        fr: 'Le message cherche à vous tromper ou contient un programme dangereux.',
        en: 'The message tries to deceive you or contains a harmful program.',
      },
    },
    {
      id: 'inClear',
      at: 19,
      holdsWhileUnknown: false,
      when: { lastHop: ['none'], encryption: ['none'] },
      name: { fr: 'Arrivé à découvert', en: 'Arrived in the open' },
      why: {
        fr: 'Ni le contenu ni la connexion n’étaient chiffrés.',
        en: 'Neither the content nor the connection was encrypted.',
      },
    },
    {
      id: 'notEndToEnd',
      at: 59,
      holdsWhileUnknown: true,
      when: { encryption: ['none'] },
      name: { fr: 'Pas chiffré de bout en bout', en: 'Not encrypted from end to end' },
      why: {
        fr: 'Sans chiffrement de bout en bout, les serveurs lisent le contenu.',
        en: 'Without encryption from end to end the servers read the content.',
      },
    },
    {
      id: 'storedOpen',
      at: 59,
      holdsWhileUnknown: true,
      when: { custody: ['open'] },
      name: { fr: 'Gardé sans clé', en: 'Kept without a key' },
      why: {
        fr: 'Qui administre ce serveur peut lire l’exemplaire gardé.',
        en: 'Whoever runs this server can read the stored copy.',
      },
    },
    {
      id: 'noIntegrity',
      at: 59,
      holdsWhileUnknown: false,
      when: { noIntegrity: [true] },
      name: { fr: 'Chiffré sans contrôle des changements', en: 'Encrypted without a check for changes' },
      why: {
        fr: 'Le contenu chiffré a pu être changé en route sans que cela se voie.',
        en: 'The encrypted content could be changed on the way without anyone noticing.',
      },
    },
    {
      id: 'weakEncryption',
      at: 69,
      holdsWhileUnknown: false,
      when: { encryption: ['weak'] },
      name: { fr: 'Chiffrement faible', en: 'Weak encryption' },
      why: {
        fr: 'La méthode ou la clé de chiffrement est dépassée.',
        en: 'The method or the key of the encryption is outdated.',
      },
    },
    {
      id: 'serverKey',
      at: 79,
      holdsWhileUnknown: false,
      when: { encryption: ['strong', 'weak'], custody: ['server'] },
      name: { fr: 'Clé gardée par le serveur', en: 'Key kept by the server' },
      why: {
        fr: 'Ce serveur peut ouvrir le message avec la clé que vous lui avez confiée.',
        en: 'This server can open the message with the key that you gave it.',
      },
    },
    {
      id: 'unconfirmed',
      at: 79,
      holdsWhileUnknown: false,
      when: {
        encryption: ['strong', 'weak'],
        signature: ['seen', 'unknownKey', 'none', 'invalid', 'unknown'],
      },
      name: { fr: 'Auteur non confirmé', en: 'Author not confirmed' },
      why: {
        fr: 'Le contenu est chiffré, mais aucune clé confirmée ne dit qui l’a écrit.',
        en: 'The content is encrypted, but no confirmed key says who wrote it.',
      },
    },
  ],
  steps: [
    {
      id: 'confirmKey',
      who: 'you',
      sets: [{ fact: 'signature', to: 'verified' }],
      offered: { signature: ['seen', 'unknownKey'] },
      name: { fr: 'Confirmer la clé', en: 'Confirm the key' },
      why: {
        fr: 'Comparez l’empreinte de la clé avec la personne, de vive voix.',
        en: 'Compare the fingerprint of the key with the person, by voice or face to face.',
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
      id: 'addContact',
      who: 'you',
      sets: [{ fact: 'known', to: 1 }],
      name: { fr: 'Ajouter aux contacts', en: 'Add to contacts' },
      why: {
        fr: 'Ajoutez les participants que vous connaissez à vos contacts.',
        en: 'Add the participants you know to your contacts.',
      },
    },
    {
      id: 'askToEncrypt',
      who: 'them',
      sets: [
        { fact: 'encryption', to: 'strong' },
        { fact: 'noIntegrity', to: false },
        { fact: 'signature', to: 'verified' },
      ],
      name: { fr: 'Demander de chiffrer', en: 'Ask them to encrypt' },
      why: {
        fr: 'Demandez à la personne de chiffrer et de signer ses messages.',
        en: 'Ask the person to encrypt and sign their messages.',
      },
    },
    {
      id: 'theirProvider',
      who: 'them',
      sets: [
        { fact: 'lastHop', to: 'modern' },
        { fact: 'sender', to: 'dmarc' },
      ],
      offered: { forged: [false] },
      name: { fr: 'Un meilleur fournisseur pour eux', en: 'A better provider for them' },
      why: {
        fr: 'Leur fournisseur peut chiffrer ses connexions et protéger leurs adresses contre les faux.',
        en: 'Their provider can encrypt its connections and protect their addresses from forgery.',
      },
    },
  ],
};
