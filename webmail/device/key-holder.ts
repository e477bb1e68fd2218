import type { PrivateKey } from 'openpgp';
import { findArmor } from '../../delivery/crypto/armor.ts';
import { limits, loadOpenPgp } from '../../delivery/crypto/openpgp.ts';
import type { KeptKey, KeySafe } from './key-safe.ts';
import type { DeviceKey } from './protocol.ts';

/** The keys of one account on this device. What is unlocked lives in this object alone. */
export class KeyHolder {
  readonly #safe: KeySafe;
  readonly #kept = new Map<string, KeptKey>();
  readonly #unlocked = new Map<string, PrivateKey>();

  constructor(safe: KeySafe) {
    this.#safe = safe;
  }

  /** Reads what the device keeps; to be called before everything else. */
  async load(): Promise<void> {
    for (const key of await this.#safe.list()) this.#kept.set(key.fingerprint, key);
  }

  list(): DeviceKey[] {
    return [...this.#kept.values()].map(described);
  }

  unlocked(): DeviceKey[] {
    return this.list().filter(({ fingerprint }) => this.#unlocked.has(fingerprint));
  }

  locked(): DeviceKey[] {
    return this.list().filter(({ fingerprint }) => !this.#unlocked.has(fingerprint));
  }

  /** Throws when it is not unlocked. */
  secretKey(fingerprint: string): PrivateKey {
    const key = this.#unlocked.get(fingerprint);
    if (!key) throw new Error('this key is locked');
    return key;
  }

  /** Keeps a locked key, in place of an older copy of it. */
  async keep(key: KeptKey): Promise<void> {
    await this.#safe.put(key);
    this.#unlocked.delete(key.fingerprint);
    this.#kept.set(key.fingerprint, key);
  }

  async remove(fingerprint: string): Promise<void> {
    await this.#safe.remove(fingerprint);
    this.#kept.delete(fingerprint);
    this.#unlocked.delete(fingerprint);
  }

  /** Its armor, locked as ever. */
  armorOf(fingerprint: string): string | null {
    return this.#kept.get(fingerprint)?.armor ?? null;
  }

  /** Unlocks every key that the passphrase opens; gives their fingerprints. */
  async unlock(passphrase: string): Promise<string[]> {
    const opened: string[] = [];
    for (const { fingerprint, armor } of this.#kept.values()) {
      const key = await unlocked(armor, passphrase);
      if (!key) continue;
      this.#unlocked.set(fingerprint, key);
      opened.push(fingerprint);
    }
    return opened;
  }

  lock(): void {
    this.#unlocked.clear();
  }

  /** Takes away the keys that were only meant to stay until their owner signs out. */
  async forget(): Promise<void> {
    this.lock();
    for (const key of [...this.#kept.values()]) if (key.isForgotten) await this.remove(key.fingerprint);
  }
}

function described({ armor: _armor, ...key }: KeptKey): DeviceKey {
  return key;
}

/** Null when the passphrase is wrong. A primary key that is kept elsewhere (a stub) stays out. */
async function unlocked(armor: string, passphrase: string): Promise<PrivateKey | null> {
  const openpgp = await loadOpenPgp();
  const octets = findArmor(new TextEncoder().encode(armor))?.octets;
  if (!octets) return null;
  try {
    const privateKey = await openpgp.readPrivateKey({ binaryKey: Uint8Array.from(octets), config: limits });
    return await openpgp.decryptKey({ privateKey, passphrase, config: limits });
  } catch {
    // The library tells a wrong passphrase by throwing, and nothing else is told apart from it.
    return null;
  }
}
