import type { LookedAttachment } from './look.ts';

const dangerousNames =
  /\.(?:exe|scr|pif|com|bat|cmd|cpl|msi|msix|appx|jar|js|jse|vbs|vbe|vb|wsf|wsh|wsc|hta|lnk|ps1|psm1|reg|chm|hlp|inf|sct|shb|scf|url|iso|img|vhd|vhdx|xll|ade|mde|apk|dmg|pkg|one|library-ms|settingcontent-ms)$/;

/** A name that a double click runs, in an archive too. */
export function hasDangerousName(file: LookedAttachment): boolean {
  return [file.name, ...archivedNames(file.start)].some(name =>
    dangerousNames.test(name.trim().toLowerCase()),
  );
}

/** Octets that a system runs: DOS and Windows, ELF, Mach-O, shell links. */
const executableStarts: ReadonlyArray<readonly number[]> = [
  [0x4d, 0x5a],
  [0x7f, 0x45, 0x4c, 0x46],
  [0xcf, 0xfa, 0xed, 0xfe],
  [0xce, 0xfa, 0xed, 0xfe],
  [0xca, 0xfe, 0xba, 0xbe],
  [0x4c, 0x00, 0x00, 0x00, 0x01, 0x14, 0x02, 0x00],
];

/** True when the content is a program, whatever its name; a text that starts with MZ is none. */
export function hasExecutableOctets({ start }: LookedAttachment): boolean {
  const matches = executableStarts.some(octets => octets.every((octet, at) => start[at] === octet));
  return matches && start.subarray(0, 64).some(octet => octet === 0);
}

/** True for an Office document that carries a macro project, old form or new. */
export function hasMacros({ name, start }: LookedAttachment): boolean {
  if (/\.(?:docm|dotm|xlsm|xltm|xlam|pptm|potm|ppam|ppsm|xlsb)$/.test(name)) return true;
  if (archivedNames(start).some(inside => inside.toLowerCase().endsWith('vbaproject.bin'))) return true;
  const isCompound = start[0] === 0xd0 && start[1] === 0xcf && start[2] === 0x11 && start[3] === 0xe0;
  return isCompound && Buffer.from(start).includes(Buffer.from('_VBA_PROJECT', 'utf16le'));
}

/** True for an attached web page or drawing that runs a script, sends a form, or asks for a password. */
export function hasScriptedHtml({ name, mediaType, start }: LookedAttachment): boolean {
  const isPage =
    /\.(?:s?html?|xht(?:ml)?|svg|mht(?:ml)?)$/.test(name) ||
    /^(?:text\/html|image\/svg\+xml)$/.test(mediaType);
  if (!isPage) return false;
  const page = Buffer.from(start).toString('latin1').toLowerCase();
  return /<script\b|<form\b|type\s{0,5}=\s{0,5}["']?password|\bon(?:load|error|click)\s{0,5}=|http-equiv\s{0,5}=\s{0,5}["']?refresh/.test(
    page,
  );
}

/** Names of the files in a ZIP archive, from the local headers in its first octets (APPNOTE 4.3.7); at most 100. */
function archivedNames(start: Uint8Array): string[] {
  const octets = Buffer.from(start.buffer, start.byteOffset, start.byteLength);
  const names: string[] = [];
  let at = octets.indexOf('PK\x03\x04', 0, 'latin1');
  if (at !== 0) return names;
  while (at >= 0 && at + 30 <= octets.length && names.length < 100) {
    const length = Math.min(octets.readUInt16LE(at + 26), 300);
    names.push(octets.toString('utf8', at + 30, at + 30 + length));
    at = octets.indexOf('PK\x03\x04', at + 30, 'latin1');
  }
  return names;
}
