import { encodePacket, MilterFault } from './packet.ts';

/** What an MTA and we agreed on. */
export interface Agreement {
  /** Fields may be put in. */
  readonly mayAdd: boolean;
  /** Fields may be taken away. */
  readonly mayRemove: boolean;
  /** Values of header fields keep what stands behind their colon. */
  readonly isExact: boolean;
  /** Commands, by kind, whose answer the MTA does not wait for. */
  readonly unanswered: ReadonlySet<string>;
}

/** The newest version of the protocol, and the oldest that can put fields in. */
const [newest, oldest] = [6, 2];

/** `SMFIF_…`: what a milter may do to a message. */
const actions = { addHeaders: 0x1, changeHeaders: 0x10, chooseMacros: 0x100 } as const;

/** `SMFIP_…`: what the MTA need not send at all, and how it sends the rest. */
const steps = { noUnknown: 0x100, noData: 0x200, leadingSpace: 0x100000 } as const;

/** `SMFIP_NR_…`: commands of which all that we would say is to go on. */
const silentSteps: Readonly<Record<string, number>> = {
  header: 0x80,
  connect: 0x1000,
  helo: 0x2000,
  mail: 0x4000,
  recipient: 0x8000,
  endOfHeader: 0x40000,
  body: 0x80000,
};

/** Macros wanted with steps of the session (`SMFIM_…`), whatever the MTA would send by its own settings. */
const wantedMacros: ReadonlyArray<readonly [step: number, macros: string]> = [
  [1, '{tls_version} {cipher}'],
  [2, 'i {auth_authen}'],
  [5, 'i'],
];

/** What we take of what the MTA offers, and the packet that says so. Throws `MilterFault` at a version too old. */
export function agree(offer: { version: number; actions: number; steps: number }): {
  agreement: Agreement;
  answer: Buffer;
} {
  if (offer.version < oldest) throw new MilterFault(`version ${offer.version} of the protocol`);
  const silent = Object.entries(silentSteps).filter(([, bit]) => offer.steps & bit);
  const asked = offer.actions & (actions.addHeaders | actions.changeHeaders | actions.chooseMacros);
  const skipped = offer.steps & (steps.noUnknown | steps.noData | steps.leadingSpace);
  const taken = silent.reduce((sum, [, bit]) => sum | bit, skipped);
  const head = Buffer.alloc(12);
  head.writeUInt32BE(Math.min(offer.version, newest), 0);
  head.writeUInt32BE(asked, 4);
  head.writeUInt32BE(taken, 8);
  const answer = encodePacket(
    'O',
    Buffer.concat([head, asked & actions.chooseMacros ? macroLists() : head.subarray(12)]),
  );
  return {
    agreement: {
      mayAdd: (asked & actions.addHeaders) !== 0,
      mayRemove: (asked & actions.changeHeaders) !== 0,
      isExact: (taken & steps.leadingSpace) !== 0,
      unanswered: new Set(silent.map(([kind]) => kind)),
    },
    answer,
  };
}

function macroLists(): Buffer {
  return Buffer.concat(
    wantedMacros.map(([step, macros]) => {
      const number = Buffer.alloc(4);
      number.writeUInt32BE(step);
      return Buffer.concat([number, Buffer.from(`${macros}\0`)]);
    }),
  );
}
