import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile } from 'esbuild';

/** The device's worker as the browser gets it. */
export interface BuiltWorker {
  readonly files: readonly { readonly name: string; readonly octets: Buffer }[];
  /** Path of the worker's own script. */
  readonly address: string;
  readonly metafile: Metafile;
}

const deviceFolder = fileURLToPath(new URL('../device/', import.meta.url));
const shim = (name: string) => join(deviceFolder, 'browser', `${name}.ts`);

/**
 * How what runs in the worker is built: Node's modules that the parsers of `delivery/` use are replaced by the few lines
 * of them that are used.
 */
export const deviceBuild = {
  absWorkingDir: deviceFolder,
  alias: {
    'node:buffer': shim('buffer'),
    'node:url': shim('url'),
    'iconv-lite': shim('charsets'),
    openpgp: 'openpgp/lightweight',
  },
  inject: [shim('buffer')],
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  write: false,
  legalComments: 'none',
  logLevel: 'silent',
} as const satisfies BuildOptions;

/** The worker that opens mail on the owner's device, and the chunks that it loads when it needs them: OpenPGP above all. */
export async function buildWorker(): Promise<BuiltWorker> {
  const { outputFiles, metafile } = await build({
    ...deviceBuild,
    entryPoints: ['worker.ts'],
    outdir: 'out',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    splitting: true,
    metafile: true,
  });
  const entry = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === 'worker.ts');
  return {
    files: outputFiles.map(({ path, contents }) => ({ name: basename(path), octets: Buffer.from(contents) })),
    address: `/${basename(entry?.[0] ?? '')}`,
    metafile,
  };
}
