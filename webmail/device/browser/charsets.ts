/**
 * In place of iconv-lite, which is larger than all of the webmail: the few charsets that browsers don't know
 * themselves are read as if they were not labelled.
 */
const noCharsets = {
  encodingExists: (_name: string): boolean => false,
  decode: (_octets: Uint8Array, name: string): string => {
    throw new RangeError(`no charset ${name}`);
  },
};

// biome-ignore lint/style/noDefaultExport: stands for a package that is imported so
export default noCharsets;
