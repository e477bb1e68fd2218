import { domainOf, normalizeAddress } from '../../message/address.ts';
import type { Summary } from '../../store/store.ts';

/** What a model of a tag looks at: of the summary alone, so that what is learned needs no octets. */
export interface TagFeature {
  readonly kind: 'sender' | 'domain' | 'list' | 'recipient' | 'word';
  /** The address, domain, list or word, lower-case. */
  readonly text: string;
  /** Share in a message, before all are brought to length one. */
  readonly value: number;
}

type Summarized = Pick<Summary, 'originators' | 'destinations' | 'listId' | 'subject' | 'preview'>;

const maxWords = 60;
const maxRecipients = 5;
/** Who wrote says more than any one word. */
const weights: Readonly<Record<TagFeature['kind'], number>> = {
  sender: 2,
  domain: 1.5,
  list: 2,
  recipient: 0.7,
  word: 1,
};

/** The features of a message, each once. `author` is its one author, null where that is not known, or forged. */
export function tagFeatures(summary: Summarized, author: string | null): TagFeature[] {
  const address = author === null ? null : normalizeAddress(author);
  const { to, cc } = summary.destinations;
  const recipients = [...to, ...cc].slice(0, maxRecipients).map(mailbox => normalizeAddress(mailbox.address));
  const features = [
    ...(address ? [featureOf('sender', address), featureOf('domain', domainOf(address))] : []),
    ...(summary.listId ? [featureOf('list', summary.listId.toLowerCase())] : []),
    ...recipients.map(recipient => featureOf('recipient', recipient)),
    ...wordsOf(`${summary.subject ?? ''} ${summary.preview ?? ''}`).map(word => featureOf('word', word)),
  ];
  return [...new Map(features.map(feature => [`${feature.kind}:${feature.text}`, feature])).values()];
}

function featureOf(kind: TagFeature['kind'], text: string): TagFeature {
  return { kind, text, value: weights[kind] };
}

/** Words that stand in any message say nothing of one. */
const commonWords: ReadonlySet<string> = new Set(
  (
    'the and for you your are was with this that from have has not but our can will all more about been were they ' +
    'les des une pour vous votre vos dans est sur avec par pas que qui nous notre nos ce cette ces sont été plus aux ' +
    'bonjour hello merci thanks thank dear cher chère'
  ).split(' '),
);

function wordsOf(text: string): string[] {
  const found = text.toLowerCase().match(/\p{L}[\p{L}\p{N}]{2,29}/gu) ?? [];
  return [...new Set(found)].filter(word => !commonWords.has(word)).slice(0, maxWords);
}
