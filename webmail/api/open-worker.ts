import { parentPort } from 'node:worker_threads';
import { decrypt } from '../../delivery/crypto/decrypt.ts';
import { limits, loadOpenPgp } from '../../delivery/crypto/openpgp.ts';
import { parseMessage } from '../../delivery/message/message.ts';
import type { OpenAnswer, OpenJob } from './opener.ts';

/** The thread that opens and checks protected messages: one job in, what was found out. */
parentPort?.on('message', async (job: OpenJob) => {
  parentPort?.postMessage(await open(job));
});

async function open({ id, octets, secretKeys, publicKeys }: OpenJob): Promise<OpenAnswer> {
  try {
    const decrypted = await decrypt(parseMessage(octets), {
      privateKeys: secretKeys,
      publicKeys,
      keyring: {
        async unwrapKey({ wrapped }) {
          const { readPrivateKey } = await loadOpenPgp();
          return readPrivateKey({ binaryKey: Uint8Array.from(wrapped), config: limits });
        },
      },
    });
    return { id, decrypted };
  } catch (error) {
    return { id, decrypted: null, failure: error instanceof Error ? error.message : String(error) };
  }
}
