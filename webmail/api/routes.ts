import { aboutRoutes } from './about.ts';
import { blobRoutes } from './blob-routes.ts';
import { frameRoutes } from './frame-routes.ts';
import { jmapRoutes } from './jmap-routes.ts';
import { keyDirectoryRoutes } from './key-directory-routes.ts';
import { operationRoutes } from './operation-routes.ts';
import { pictureRoutes } from './pictures/picture-routes.ts';
import { pushRoutes } from './push.ts';
import type { Route } from './route.ts';
import { sessionRoutes } from './session-routes.ts';

/** Every route of the web door. */
export const routes: readonly Route[] = [
  ...jmapRoutes,
  ...blobRoutes,
  ...pushRoutes,
  ...sessionRoutes,
  ...aboutRoutes,
  ...frameRoutes,
  ...pictureRoutes,
  ...keyDirectoryRoutes,
  ...operationRoutes,
];
