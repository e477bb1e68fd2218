import { canonicalRecordSet } from '../../../dns-keys/dnssec/canonical.ts';
import { parseName } from '../../../dns-keys/name.ts';
import { rdataFromText, rrTypes, typeNumber } from '../../../dns-keys/rr/table.ts';
import type { RecordSet } from '../../../dns-keys/zone/record-set.ts';

/** A DNSKEY of an RFC with its DS and, where its algorithm is one of ours, its private key and a set that it signed. */
export interface KeyVector {
  readonly source: string;
  readonly owner: string;
  readonly dnskey: string;
  readonly tag: number;
  readonly ds: readonly string[];
  readonly privateKey?: string;
  readonly set?: { owner: string; type: string; rdata: string };
  readonly rrsig?: string;
}

export const keyVectors: readonly KeyVector[] = [
  {
    source: 'RFC 4034 §5.4, RFC 4509 §2.3',
    owner: 'dskey.example.com.',
    dnskey:
      '256 3 5 AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==',
    tag: 60485,
    ds: [
      '60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118',
      '60485 5 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A',
    ],
  },
  {
    source: 'RFC 6605 §6.1',
    owner: 'example.net.',
    dnskey:
      '257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==',
    tag: 55648,
    ds: ['55648 13 2 B4C8C1FE2E7477127B27115656AD6256F424625BF5C1E2770CE6D6E37DF61D17'],
    set: { owner: 'www.example.net.', type: 'A', rdata: '192.0.2.1' },
    rrsig:
      'A 13 3 3600 20100909100439 20100812100439 55648 example.net. qx6wLYqmh+l9oCKTN6qIc+bw6ya+KJ8oMz0YP107epXAyGmt+3SNruPFKG7tZoLBLlUzGGus7ZwmwWep666VCw==',
  },
  {
    source: 'RFC 6605 §6.2',
    owner: 'example.net.',
    dnskey:
      '257 3 14 xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1w/egsXvSADtNJhyem5RCOpgQ6K8X1DRSEkrbYQ+OB+v8/uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40',
    tag: 10771,
    ds: [
      '10771 14 4 72D7B62976CE06438E9C0BF319013CF801F09ECC84B8D7E9495F27E305C6A9B0563A9B5F4D288405C3008A946DF983D6',
    ],
  },
  {
    source: 'RFC 8080 §6.1, erratum 4935',
    owner: 'example.com.',
    dnskey: '257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=',
    tag: 3613,
    ds: ['3613 15 2 3AA5AB37EFCE57F737FC1627013FEE07BDF241BD10F3B1964AB55C78E79A304B'],
    privateKey: 'ODIyNjAzODQ2MjgwODAxMjI2NDUxOTAyMDQxNDIyNjI=',
    set: { owner: 'example.com.', type: 'MX', rdata: '10 mail.example.com.' },
    rrsig:
      'MX 15 2 3600 1440021600 1438207200 3613 example.com. oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg==',
  },
  {
    source: 'RFC 8080 §6.1, erratum 4935',
    owner: 'example.com.',
    dnskey: '257 3 15 zPnZ/QwEe7S8C5SPz2OfS5RR40ATk2/rYnE9xHIEijs=',
    tag: 35217,
    ds: ['35217 15 2 401781B934E392DE492EC77AE2E15D70F6575A1C0BC59C5275C04EBE80C6614C'],
    set: { owner: 'example.com.', type: 'MX', rdata: '10 mail.example.com.' },
    rrsig:
      'MX 15 2 3600 1440021600 1438207200 35217 example.com. zXQ0bkYgQTEFyfLyi9QoiY6D8ZdYo4wyUhVioYZXFdT410QPRITQSqJSnzQoSm5poJ7gD7AQR0O7KuI5k2pcBg==',
  },
];

/** RFC 5155 appendix A: salt aabbccdd, 12 iterations. */
export const hashVectors: readonly (readonly [string, string])[] = [
  ['example.', '0p9mhaveqvm6t7vbl5lop2u3t2rp3tom'],
  ['a.example.', '35mthgpgcu1qg68fab165klnsnk3dpvl'],
  ['ai.example.', 'gjeqe526plbf1g8mklp59enfd789njgi'],
  ['ns1.example.', '2t7b4g4vsa5smi47k61mv5bv1a22bojr'],
  ['ns2.example.', 'q04jkcevqvmu85r014c7dkba38o0ji5r'],
  ['w.example.', 'k8udemvp1j2f7eg6jebps17vp3n8i58h'],
  ['*.w.example.', 'r53bq7cc2uvmubfu5ocmm6pers9tk9en'],
  ['x.w.example.', 'b4um86eghhds6nea196smvmlo4ors995'],
  ['y.w.example.', 'ji6neoaepv8b5o6k4ev33abha8ht9fgc'],
  ['x.y.w.example.', '2vptu5timamqttgl4luu9kg21e0aor3s'],
  ['xx.example.', 't644ebqk9bibcna874givr6joj62mlhv'],
  ['2t7b4g4vsa5smi47k61mv5bv1a22bojr.example.', 'kohar7mbb8dc2ce8a9qvl8hon4k53uhi'],
];

export function dnskeyOf({ dnskey }: KeyVector): Uint8Array {
  return rdataFromText(rrTypes.DNSKEY, dnskey.split(' '));
}

/** A record set of words as in a zone file. */
export function setOf(owner: string, type: string, rdatas: readonly string[], ttlSeconds = 3600): RecordSet {
  const number = typeNumber(type);
  return canonicalRecordSet({
    owner: parseName(owner),
    type: number,
    ttlSeconds,
    rdatas: rdatas.map(text => rdataFromText(number, text.split(' '))),
  });
}
