/** English. `fr.ts` has the same keys; the type of this table keeps both complete. */
export const en = {
  product: 'Caliopen',
  skipToContent: 'Skip to the messages',
  loading: 'Loading…',
  retry: 'Try again',
  close: 'Close',
  back: 'Back',
  undo: 'Undo',
  more: 'Show more',

  signIn: {
    title: 'Sign in',
    lead: 'Private mail that tells you who could read it.',
    address: 'Address',
    password: 'Password',
    submit: 'Sign in',
    working: 'Signing in…',
    refused: 'The address or the password is not right.',
    throttled: 'Too many tries. Wait a little, then try again.',
    expired: 'Your session has ended. Please sign in again.',
  },

  errors: {
    offline: 'The server can’t be reached. Your mail is safe; try again in a moment.',
    server: 'The server could not answer this. Try again in a moment.',
    notFound: 'This is not here any more.',
    crashed: 'This page met a fault of its own. Nothing was lost.',
    reload: 'Load the page again',
    signOut: 'You are still signed in: the server did not answer.',
    change: 'The change could not be saved.',
  },

  bar: {
    search: 'Search your mail',
    searchShort: 'Search',
    searchHint: 'Words, "a phrase", from:name, subject:word, has:attachment',
    clear: 'Leave the search',
    menu: 'Tags',
    account: 'Account',
    signOut: 'Sign out',
    language: 'Language',
    theme: 'Appearance',
    themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
    keyboard: 'Keyboard',
    keys: 'Single keys act',
  },

  tags: {
    heading: 'Tags',
    all: 'All mail',
    own: 'Your tags',
    roles: {
      inbox: 'Inbox',
      archive: 'Archive',
      drafts: 'Drafts',
      sent: 'Sent',
      junk: 'Junk',
      trash: 'Trash',
    },
    unread: (count: number) => `${count} unread`,
    change: 'Tags of this message',
    add: 'Add a tag',
    newName: 'Name of a new tag',
    make: 'Make',
    remove: (name: string) => `Remove the tag “${name}”`,
    added: (name: string) => `Tag “${name}” added.`,
    removed: (name: string) => `Tag “${name}” removed.`,
    archived: 'Moved to the archive: a message keeps at least one tag.',
    none: 'No tag of your own yet. Type a name to make one.',
  },

  timeline: {
    empty: 'Nothing here.',
    emptyInbox: 'No mail yet. What arrives is shown here at once.',
    allRead: 'Nothing unread.',
    unreadOnly: 'Unread only',
    unread: 'Unread',
    messages: (count: number) => `${count} messages`,
    attachment: 'With attachment',
    level: (level: string) => `Privacy level ${level}`,
    noLevel: 'No privacy level yet',
    sealedLine: 'Sealed: only your key opens it',
    noText: 'No text',
    noSubject: 'No subject',
    nobody: 'Unknown sender',
    list: (name: string) => `List ${name}`,
    others: (count: number) => `and ${count} more`,
    newMail: (count: number, who: string) =>
      count === 1 ? `New message from ${who}.` : `${count} new messages, the last from ${who}.`,
    showNew: (count: number) => (count === 1 ? 'Show 1 new message' : `Show ${count} new messages`),
  },

  search: {
    heading: (text: string) => `Search: ${text}`,
    count: (count: number) => (count === 1 ? '1 message found' : `${count} messages found`),
    none: 'No message found.',
    sealedLeftOut: 'Sealed mail can’t be searched on the server.',
  },

  discussion: {
    choose: 'Choose a discussion to read it here.',
    heading: (names: string) => `Discussion with ${names}`,
    older: 'Show older messages',
    alone: 'Notes to yourself',
  },

  message: {
    originator: 'From',
    to: 'To',
    cc: 'Copy to',
    sentAt: 'Sent',
    receivedAt: 'Received',
    wholeSubject: 'Show the whole subject',
    unread: 'Unread',
    markUnread: 'Mark as unread',
    archive: 'Archive',
    inbox: 'Back to the inbox',
    markedUnread: 'Marked as unread.',
    movedToArchive: 'Archived.',
    movedToInbox: 'Moved to the inbox.',
    empty: 'This message has no text.',
    quoted: 'Quoted text',
    truncated: 'This message is very long; only its beginning is shown.',
    encoding: 'Some characters of this message could not be read.',
    source: 'Save the original message',
    body: (subject: string) => `Text of the message “${subject}”`,
    remote: (count: number) =>
      count === 1
        ? '1 thing this message wanted to load from elsewhere was not loaded.'
        : `${count} things this message wanted to load from elsewhere were not loaded.`,
    remoteHosts: 'Where they would have come from',
    remoteWhy: 'Loading them would tell the sender when and where you read.',
    leadsTo: (host: string) => `leads to ${host}`,
    htmlFailed: 'The formatted text could not be shown. Here is its plain text.',
    attachments: (count: number) => (count === 1 ? '1 attachment' : `${count} attachments`),
    save: 'Save',
    program: 'can run code',
    unnamed: 'Unnamed attachment',
    decrypted: 'Arrived encrypted; opened with the key that the server holds for you.',
    signer: (who: string) => `Signed by ${who}.`,
    badSignature: 'It carries a signature that does not fit its text.',
    notOpened: 'This message is encrypted, and no key here opens it.',
  },

  sealed: {
    title: 'This message is sealed',
    text: 'It is stored encrypted to your key, and the server has no way to open it. Nobody but you can read its subject and text.',
    how: 'Save it and open it where your key is, for example with GnuPG: gpg --decrypt message.eml',
    later: 'This webmail can’t open it in the browser yet.',
    save: 'Save the sealed message',
  },

  warnings: {
    forged: {
      title: 'The sender may be forged',
      text: (domain: string) =>
        `The rules of ${domain} say that this message is not theirs. Do not answer it, and do not trust what it asks. Its links lead nowhere here.`,
    },
    harmful: {
      title: 'This message looks harmful',
      text: 'It looks like an attempt to steal from you. Do not answer it and do not open its attachments. Its links lead nowhere here.',
    },
    spam: {
      title: 'This looks like spam',
      text: 'It was put into junk. No privacy level is shown for it.',
    },
    why: 'Why',
    ofSender: 'the sender’s domain',
  },

  index: {
    heading: 'Privacy index',
    pictures: {
      A: 'a sealed letter',
      B: 'a closed letter',
      C: 'an open envelope',
      D: 'a letter half out of its envelope',
      E: 'a postcard',
    },
    level: (level: string, word: string) => `${level}, ${word}`,
    summary: (value: number, picture: string) => `Privacy index: ${value} of 100, like ${picture}.`,
    upTo: (level: string) => `could be ${level}`,
    upToLong: (level: string) =>
      `Some facts are not known. If all of them were good, the level would be ${level}.`,
    why: 'Why this level',
    hide: 'Hide the reasons',
    caption: 'What the level is made of',
    columns: { fact: 'Fact', value: 'Value', source: 'Source', effect: 'Effect' },
    partValue: (value: string, weight: number) => `${value} of 100, counts for ${weight}%`,
    effect: (points: string, of: string) => `${points} of ${of}`,
    unknown: 'not known',
    ceiling: (sentence: string, at: number) => `${sentence} So the index can’t be above ${at}.`,
    none: 'This message has no privacy index yet. It is worked out again later.',
    notKnownHeading: 'What is not known',
    stepsHeading: 'What would raise it',
    gain: (gain: number, level: string) => `+${gain}, to level ${level}`,
    gainSame: (gain: number) => `+${gain}`,
    together: ' and ',
    noSteps: 'Nothing you or they could do now would raise it.',
    stepLetters: {
      askToEncrypt:
        'Hello! I would like our mail to be readable by the two of us only. Could you write to me encrypted with OpenPGP? My address is enough to find my key; if your mail program can’t find it, I will send it to you.',
      theirProvider:
        'Hello! Your mail provider does not yet offer all that protects mail on the way: modern TLS and a DMARC policy for your domain. Could you ask them for it?',
    } as Record<string, string>,
    act: 'Do it',
    add: (who: string) => `Add ${who}`,
    added: 'Added to your contacts. The index was worked out again.',
    nobodyToAdd: 'Nobody is left to add. A mailing list can’t be a contact.',
    fingerprint: (who: string) => `Fingerprint of the key that signed for ${who}`,
    isSame:
      'Is it the same, character by character, as the one they read out to you? If not, do not confirm: somebody else may have written this.',
    confirm: 'Yes, it is the same',
    confirmed: 'Key confirmed. The index was worked out again.',
    copy: 'Copy these lines',
    copied: 'Copied.',
    show: 'How',
  },

  keys: {
    heading: 'Keyboard',
    rows: [
      ['j', 'Next discussion'],
      ['k', 'Discussion before'],
      ['Enter', 'Open'],
      ['Esc', 'Back to the list'],
      ['/', 'Search'],
      ['e', 'Archive the open message'],
      ['u', 'Mark the open message as unread'],
      ['?', 'This list'],
    ] as readonly (readonly [string, string])[],
  },

  units: { octets: 'B', kilo: 'kB', mega: 'MB' },
};

/** The shape both languages have. */
export type Words = typeof en;
