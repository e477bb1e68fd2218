import * as v from 'valibot';
import type { PictureSigning } from '../../wire.ts';
import { pictureAddress } from '../pictures/picture-address.ts';
import { comparable, type PicturesFound } from '../pictures/read-pictures.ts';
import { askableUrl } from '../pictures/target.ts';
import { readMessage } from '../read-job.ts';
import { idSchema, readArguments } from './arguments.ts';
import { MethodError } from './errors.ts';
import { type Handler, type MethodContext, resolveId } from './method.ts';

const maxUrls = 500;
const schema = v.strictObject({
  accountId: v.string(),
  emailId: idSchema,
  urls: v.pipe(v.array(v.string()), v.maxLength(maxUrls)),
});

/** Names are looked at when the picture is fetched. */
const noNames = { names: new Set<string>() };

/**
 * Picture/sign: the owner wants to see pictures that a message would load from elsewhere. Signed is only what its own
 * HTML names, so that nobody fetches other things through this server; what only reports reading is left out. Mail
 * that came encrypted names none: what is in it concerns nobody else.
 */
export const pictureSign: Handler = async (args, context) => {
  const { emailId, urls } = readArguments(schema, args);
  const { caller, config, account } = context;
  const { sessionId } = caller;
  if (caller.means !== 'session' || sessionId === null)
    throw new MethodError('forbidden', 'only a web session shows pictures');
  if (!config['web.pictures']) throw new MethodError('forbidden', 'this server fetches no pictures');
  const id = resolveId(emailId, context) ?? emailId;
  const found = await picturesOf(id, context);
  const [remote, beacons] = [new Set(found.remote), new Set(found.beacons)];
  const refusal = (url: string) => {
    const plain = comparable(url);
    if (beacons.has(plain)) return 'beacon';
    if (!remote.has(plain)) return 'notFound';
    return askableUrl(plain, noNames) ? null : 'notPublic';
  };
  const list = urls.map(url => {
    const refused = refusal(url);
    const grant = { accountId: account.id, sessionId, emailId: id, url: comparable(url) };
    return { url, address: refused ? null : pictureAddress(grant, context), refused } as const;
  });
  return { accountId: account.id, emailId: id, list } satisfies PictureSigning;
};

/** Throws `invalidArguments` when there is no such message, or it is sealed. */
async function picturesOf(id: string, context: MethodContext): Promise<PicturesFound> {
  const { store, account } = context;
  const [email] = await store.getEmails(account.id, [id]);
  const blob = email && !email.sealed ? await store.getBlob(account.id, email.blobId) : null;
  if (!email || !blob) {
    throw new MethodError('invalidArguments', 'no readable email has this id', { arguments: ['emailId'] });
  }
  const { decrypt } = email.findings;
  const cameEncrypted = decrypt !== null && decrypt.form !== 'none' && decrypt.encryption !== 'none';
  if (cameEncrypted) return { kind: 'pictures', remote: [], beacons: [] };
  return readMessage({ kind: 'pictures', octets: blob.octets }, context);
}
