import { stagePlugin } from '../stage.ts';

/** Opens messages with the owner's server-held key; alone it only tells in which form a message is protected. */
export const { register, hook_init_master, hook_init_child, hook_data, hook_data_post, shutdown } =
  stagePlugin('decrypt', ({ findings: { decrypt } }) => {
    if (!decrypt) return null;
    const { form, encryption, signature, noIntegrity } = decrypt;
    return { form, encryption, signature, noIntegrity };
  });
