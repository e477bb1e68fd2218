import type { InnerFile } from './inner-files.ts';
import { runnableKinds } from './kinds.ts';

/** Names that a double click runs. */
const dangerousNames =
  /\.(?:exe|scr|pif|com|bat|cmd|cpl|msi|msix|appx|appinstaller|jar|js|jse|vbs|vbe|vb|wsf|wsh|wsc|hta|lnk|ps1|psm1|reg|chm|hlp|inf|sct|shb|scf|url|iso|img|vhd|vhdx|xll|ade|mde|apk|dmg|pkg|one|library-ms|search-ms|settingcontent-ms|website|application|gadget|msc|diagcab|rdp)$/;

/** A name that a double click runs. The `.com` at the end of a web address is none. */
export function hasDangerousName({ name }: InnerFile): boolean {
  return dangerousNames.test(name) && !/^[^/]*(?:www\.|@)[^/]*\.com$/.test(name);
}

/** True when the content is a program, whatever its name. */
export function isProgram({ kind }: InnerFile): boolean {
  return runnableKinds.has(kind);
}

/** Right-to-left marks that turn the end of a name around, a second extension, or spaces that push it out of sight. */
export function hasMaskedName(file: InnerFile): boolean {
  const { name } = file;
  if (/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/.test(name)) return true;
  if (/\s{8,}\.[a-z0-9]{2,5}$/.test(name)) return true;
  const isSecond =
    /\.(?:pdf|docx?|xlsx?|pptx?|jpe?g|png|gif|txt|rtf|csv|mp[34]|html?)[\s_.-]{0,3}\.[a-z0-9]{2,5}$/.test(
      name,
    );
  return (
    (isSecond && hasDangerousName(file)) ||
    (isProgram(file) && /\.(?:pdf|docx?|xlsx?|pptx?|jpe?g|png|gif|txt)$/.test(name))
  );
}

/** True for an Office document that carries a macro project, old form or new. */
export function hasMacros(files: readonly InnerFile[]): boolean {
  const [own] = files;
  if (own && /\.(?:docm|dotm|xlsm|xltm|xlam|pptm|potm|ppam|ppsm|xlsb)$/.test(own.name)) return true;
  if (
    files.some(({ name, depth }) => depth > 0 && /(?:^|\/)vbaproject\.bin$|(?:^|\/)macrosheets\//.test(name))
  )
    return true;
  return files.some(({ kind, octets }) => kind === 'ole' && bufferOf(octets).includes(oleMacros));
}

/** Name of the stream that every project has, in the directory of a compound file ([MS-OVBA] §2.3.4.1). */
const oleMacros = Buffer.from('_VBA_PROJECT', 'utf16le');

/** A package that fetches its template from a site when it is opened, or a document with an object to run in it. */
export function hasRemoteParts(files: readonly InnerFile[]): boolean {
  return files.some(({ kind, name, octets }) => {
    if (kind === 'rtf') return /\\obj(?:data|update|ocx|autlink|link)\b/.test(latin1(octets));
    if (!/_rels\/(?:settings|document|webSettings)\.xml\.rels$/i.test(name)) return false;
    return /(?:attachedTemplate|oleObject|frame)"[^>]{0,400}Target="(?:https?|file|\\\\)|Target="(?:https?|file):[^"]{1,400}"[^>]{0,200}(?:attachedTemplate|oleObject)/i.test(
      latin1(octets),
    );
  });
}

/** A PDF that runs a script or a program when it is opened. Names may be written with #xx for any letter. */
export function runsFromPdf({ kind, octets }: InnerFile): boolean {
  if (kind !== 'pdf') return false;
  const text = latin1(octets);
  const plain = text.includes('#')
    ? text.replace(/#([46][1-9a-f]|[57][0-9a])/gi, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      )
    : text;
  return /\/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia|SubmitForm|ImportData)(?![A-Za-z])/.test(plain);
}

/** True for a page or drawing that runs a script, sends a form, or asks for a password. */
export function isScriptedPage({ kind, octets }: InnerFile): boolean {
  return kind === 'page' && scriptedPage.test(latin1(octets));
}

const scriptedPage =
  /<script\b|<form\b|type\s{0,5}=\s{0,5}["']?password|\son(?:load|error|click|mouseover|begin)\s{0,5}=|http-equiv\s{0,5}=\s{0,5}["']?refresh|href\s{0,5}=\s{0,5}["']?\s{0,5}javascript:/i;

/** A page that makes a file or another page out of what it carries: nothing passes a filter as a file. */
export function isSmuggler({ kind, octets }: InnerFile): boolean {
  if (kind !== 'page') return false;
  const text = latin1(octets);
  if (!/<script\b|\son(?:load|error)\s{0,5}=/i.test(text)) return false;
  const makes =
    /createObjectURL|msSaveOrOpenBlob|new\s{1,5}Blob\b|document\.write(?:ln)?\s{0,5}\(|\beval\s{0,5}\(|window\.location|location\.(?:href|replace)|\.innerHTML\s{0,5}=/i.test(
      text,
    );
  const carries =
    /\batob\s{0,5}\(|\bunescape\s{0,5}\(|fromCharCode|decodeURIComponent|["'`][A-Za-z0-9+/]{1000}|(?:\\x[0-9a-f]{2}){40}|(?:%[0-9a-f]{2}){60}|(?:\d{1,3},){80}/i.test(
      text,
    );
  return makes && carries;
}

/** True for an archive, or a file in one, that opens with a password alone. */
export function isLocked({ isEncrypted }: InnerFile): boolean {
  return isEncrypted;
}

/** Formats that Windows opens like a folder, and others that hide files from whoever looks at names only. */
export function isDiskImage({ kind, name }: InnerFile): boolean {
  return kind === 'diskImage' || (kind === 'other' && /\.(?:iso|img|vhdx?)$/.test(name));
}

function bufferOf(octets: Uint8Array): Buffer {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
}

function latin1(octets: Uint8Array): string {
  return bufferOf(octets).toString('latin1', 0, 600_000);
}
