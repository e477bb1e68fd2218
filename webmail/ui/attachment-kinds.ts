/** How an attachment can be shown without being saved. */
export type PreviewKind = 'picture' | 'text' | 'pdf';

interface Named {
  /** Media type, as the sender gave it. */
  readonly type: string;
  readonly name: string;
}

const pictureTypes = /^image\/(?:png|jpe?g|pjpeg|gif|webp|avif|bmp|x-ms-bmp)$/i;
const pictureNames = /\.(?:png|jpe?g|gif|webp|avif|bmp)$/i;
const textTypes =
  /^(?:text\/.+|message\/.+|application\/(?:json|xml|javascript|x-javascript|x-sh|sql|toml|(?:x-)?yaml|x-tex|pgp-keys|ics|(?:[\w.-]+\+)?(?:json|xml)))$|^image\/svg\+xml$/i;
const textNames =
  /\.(?:txt|text|md|markdown|csv|tsv|json|xml|html?|svg|css|log|ics|vcf|eml|asc|ya?ml|toml|ini|conf|cfg|patch|diff|tex|sh|py|js|mjs|ts|c|h|cpp|hpp|go|rs|java|kt|rb|php|pl|sql|lua|srt)$/i;
const unnamedTypes = /^(?:application\/(?:octet-stream|x-download|download|unknown)|binary\/octet-stream)$/i;

/** How to show it by type, or by name where the type says nothing; null when it can only be saved. */
export function previewKind({ type, name }: Named): PreviewKind | null {
  if (pictureTypes.test(type)) return 'picture';
  if (/^application\/(?:x-)?pdf$/i.test(type)) return 'pdf';
  if (textTypes.test(type)) return 'text';
  if (!unnamedTypes.test(type)) return null;
  if (pictureNames.test(name)) return 'picture';
  if (/\.pdf$/i.test(name)) return 'pdf';
  return textNames.test(name) ? 'text' : null;
}

/** A name in two pieces, so that a long one can be cut in its middle: what it ends in says what opens it. */
export function nameParts(name: string): { readonly stem: string; readonly ending: string } {
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 && name.length - dot <= 12 ? name.slice(dot) : '';
  return { stem: name.slice(0, name.length - ending.length), ending };
}

/** Endings of what a device runs when it is opened, or opens as a page that can ask for passwords. */
const programs =
  /\.(?:exe|scr|com|pif|bat|cmd|ps1|vbs|vbe|jse?|wsf|wsh|hta|msi|msix|appx|jar|lnk|reg|cpl|dll|app|apk|dmg|pkg|deb|rpm|run|sh|desktop|iso|img|vhdx?|chm|xll|one|[dx]ocm|xlsm|xlsb|pptm|svg|x?html?|mht(?:ml)?|url|library-ms|search-ms)$/i;

/** Whether opening it may run something. */
export function isProgram(name: string): boolean {
  return programs.test(name);
}
