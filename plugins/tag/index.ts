import { stagePlugin } from '../stage.ts';

/** The tags of a message by the owner's rules; alone the system tag the instance would give. */
export const { register, hook_init_master, hook_init_child, hook_data, hook_data_post, shutdown } =
  stagePlugin('tag', ({ findings: { tag } }) => {
    return tag ? { roles: tag.roles, keywords: tag.keywords, reasons: tag.reasons } : null;
  });
