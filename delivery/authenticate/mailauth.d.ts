/** The parts of mailauth 7 that its own types leave out, as far as they are used here. */
declare module 'mailauth/lib/dkim/dkim-verifier.js' {
  import type { ARCData } from 'mailauth';

  export interface SignatureResult {
    /** Missing in the placeholder of an unsigned message. */
    readonly signingDomain?: string;
    readonly selector?: string;
    readonly algo?: string;
    readonly signature?: string;
    readonly modulusLength?: number;
    readonly status: {
      readonly result: string;
      readonly comment?: string | false;
      /** Octets of the body that the signature leaves open (l=). */
      readonly underSized?: number;
    };
  }

  interface SignatureHeader {
    readonly type: 'DKIM' | 'ARC';
    readonly signingDomain?: string;
    readonly bodyHashKey?: string;
    readonly fallbackBodyHashKey?: string;
  }

  interface BodyHash {
    readonly mimeStructureStartFinder: { setBoundary(boundary: string): void };
  }

  export class DkimVerifier {
    constructor(options: {
      resolver: (name: string, type: string) => Promise<unknown[]>;
      rejectRsaSha1?: boolean;
      curTime?: Date;
    });
    state: 'header' | 'body';
    headers: {
      parsed: { key: string; casedKey: string; line: Buffer }[];
      original: Buffer;
    };
    signatureHeaders: SignatureHeader[];
    readonly bodyHashes: Map<string, BodyHash>;
    readonly results: SignatureResult[];
    readonly arc: ARCData;
    messageHeaders(headers: DkimVerifier['headers']): Promise<void>;
    nextChunk(chunk: Buffer): Promise<void>;
    finalChunk(): Promise<void>;
  }
}

declare module 'mailauth/lib/bimi/index.js' {
  export function bimi(data: {
    dmarc: object;
    headers: { parsed: { key: string; line: Buffer }[] };
    resolver: (name: string, type: string) => Promise<unknown[]>;
    bimiWithAlignedDkim: boolean;
  }): Promise<false | { readonly status: { readonly result: string }; readonly location?: string }>;
}

declare module 'mailauth/lib/tools.js' {
  export interface ResultRow {
    readonly result: string;
    readonly comment?: string | false;
    readonly policy?: Readonly<Record<string, string | null>>;
    readonly smtp?: Readonly<Record<string, string | null>>;
    readonly header?: Readonly<Record<string, string | null>>;
  }
  /** One resinfo of RFC 8601 §2.2, every value escaped. */
  export function formatAuthHeaderRow(
    method: string,
    status: ResultRow,
    options: { strict: boolean },
  ): string;
  /** The authserv-id; throws a TypeError when it can't be written as one. */
  export function formatAuthservId(value: string, strict?: boolean): string;
}
