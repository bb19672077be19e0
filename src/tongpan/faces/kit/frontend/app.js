// The pages work as plain links and forms; this adds keys, menus, ticking, line grids and drafts.
import { startDrafts } from "./draft.js";
import { startSent } from "./held.js";
import { startHearing } from "./hear.js";
import { startGrids } from "./grid.js";
import { startKeys } from "./keys.js";
import { startLists } from "./list.js";
import { startMentions } from "./mentions.js";
import { startMenus } from "./menus.js";
import { startPasskeys } from "./passkeys.js";
import { startPapers } from "./papers.js";
import { startPeek } from "./peek.js";
import { startPictures } from "./pictures.js";
import { startPalette } from "./palette.js";
import { startTicks } from "./ticks.js";
import { startTours } from "./tour.js";
import { fitTables } from "./fit.js";

fitTables();
document.querySelector(".jobs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
startMenus();
startMentions();
startKeys();
startPalette();
startLists();
startGrids();
startDrafts();
startSent();
startPeek();
startPictures();
startTicks();
startPapers();
startPasskeys();
startHearing();
startTours();
document.querySelector("[data-focus]")?.focus();
// A draft that was made for one item waits for nothing but how many.
if (location.hash === "#quantity") document.querySelector("[data-grid] [name$=\".quantity\"]")?.focus();
