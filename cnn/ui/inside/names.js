// How a part of a layer is called: one of its maps, its numbers or its filters.

import { say } from "../web/say.js";

export const nameOf = (layer, index, what) => say(`inside.name.${what}`, { layer, index });
