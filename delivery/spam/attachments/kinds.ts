/** What a file is by its content. `text` is anything else that has no NUL octets, `other` anything else. */
export const fileKinds = [
  'pe',
  'elf',
  'machO',
  'javaClass',
  'shellLink',
  'installer',
  'hostScript',
  'diskImage',
  'notebook',
  'help',
  'ole',
  'zip',
  'rar',
  'sevenZip',
  'gzip',
  'tar',
  'otherArchive',
  'pdf',
  'rtf',
  'page',
  'text',
  'other',
] as const;
export type FileKind = (typeof fileKinds)[number];

/** Octets at a place of the file that only one kind has there, as Latin-1. */
const marks: ReadonlyArray<readonly [kind: FileKind, at: number, octets: string]> = [
  ['elf', 0, '\x7fELF'],
  ['machO', 0, '\xcf\xfa\xed\xfe'],
  ['machO', 0, '\xce\xfa\xed\xfe'],
  ['machO', 0, '\xfe\xed\xfa\xcf'],
  ['machO', 0, '\xfe\xed\xfa\xce'],
  ['javaClass', 0, '\xca\xfe\xba\xbe\0'],
  ['shellLink', 0, 'L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F'],
  ['ole', 0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ['zip', 0, 'PK\x03\x04'],
  ['zip', 0, 'PK\x05\x06'],
  ['rar', 0, 'Rar!\x1a\x07'],
  ['sevenZip', 0, '7z\xbc\xaf\x27\x1c'],
  ['gzip', 0, '\x1f\x8b\x08'],
  ['tar', 257, 'ustar'],
  ['otherArchive', 0, 'MSCF\0\0\0\0'],
  ['otherArchive', 0, 'BZh'],
  ['otherArchive', 0, '\xfd7zXZ\0'],
  ['otherArchive', 0, '\x28\xb5\x2f\xfd'],
  ['otherArchive', 7, '**ACE**'],
  ['otherArchive', 0, '\x60\xea'],
  ['diskImage', 32_769, 'CD001'],
  ['diskImage', 32_769, 'BEA01'],
  ['diskImage', 0, 'conectix'],
  ['diskImage', 0, 'vhdxfile'],
  ['diskImage', 0, 'QFI\xfb'],
  ['notebook', 0, '\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3'],
  ['help', 0, 'ITSF\x03\0\0\0'],
  ['rtf', 0, '{\\rt'],
];

/** Kinds that a double click runs. */
export const runnableKinds: ReadonlySet<FileKind> = new Set([
  'pe',
  'elf',
  'machO',
  'javaClass',
  'shellLink',
  'installer',
  'hostScript',
  'help',
]);

/** The kind of a file by its first octets; a disk image is known only from 33 kB of it. */
export function kindOf(start: Uint8Array): FileKind {
  const view = Buffer.from(start.buffer, start.byteOffset, start.byteLength);
  for (const [kind, at, octets] of marks) {
    if (view.length >= at + octets.length && view.toString('latin1', at, at + octets.length) === octets)
      return kind;
  }
  if (view[0] === 0x4d && view[1] === 0x5a && view.subarray(0, 64).includes(0)) return 'pe';
  if (view.subarray(0, 1024).includes('%PDF-')) return 'pdf';
  return textKind(view);
}

/** Scripts that Windows runs on a double click say so by the objects they ask for. */
const hostScript =
  /\bWScript\.|\bnew\s{1,5}ActiveXObject\b|\bCreateObject\s{0,5}\(|<hta:application|\bpowershell(?:\.exe)?\s{1,5}-(?:e|enc|w|nop|c|ep)|\bFromBase64String\(|\bInvoke-Expression\b|\bIEX\s{0,5}\(|<package>[\s\S]{0,200}<script|^@echo off\b/i;
const page = /<(?:!doctype\s{1,5}html|html|head|body|script|svg|form|meta|iframe|xhtml)\b/i;

function textKind(view: Buffer): FileKind {
  const isWide = view[0] === 0xff && view[1] === 0xfe;
  const start = view.subarray(0, 8192);
  const text = isWide ? start.toString('utf16le') : start.toString('latin1');
  if (!isWide && start.includes(0)) return 'other';
  if (page.test(text.slice(0, 4096))) return /<hta:application/i.test(text) ? 'hostScript' : 'page';
  return hostScript.test(text) ? 'hostScript' : 'text';
}
