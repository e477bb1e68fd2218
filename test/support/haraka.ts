import type { TestContext } from 'node:test';
import type { Config } from '../../delivery/config.ts';
import { type DoorOptions, type DoorProcess, startDoor } from './door-process.ts';
import { type Dialogue, openDialogue } from './smtp-dialogue.ts';

/** Our Haraka as `caliopen serve smtp` runs it. */
export interface SmtpDoor extends DoorProcess {
  readonly port: number;
  /** A dialogue behind the greeting and EHLO. */
  greet(): Promise<Dialogue>;
}

/** Starts the SMTP door until the test ends. */
export async function startHaraka(
  t: Pick<TestContext, 'after'>,
  config: Config,
  options: DoorOptions = {},
): Promise<SmtpDoor> {
  const door = await startDoor(t, 'smtp', config, options);
  const port = door.ports.smtp ?? 0;
  return {
    ...door,
    port,
    async greet() {
      const peer = await openDialogue(port);
      await peer.expect(/^220 /);
      await peer.say('EHLO client.example.net', /^250-/);
      return peer;
    },
  };
}
