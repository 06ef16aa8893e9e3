export { attachRelay, withEmbargo, type RelayParts, type RelaySettings } from "./attach.js";
export { DEFAULT_ANNOUNCER, type AnnouncerSettings } from "./announcer.js";
export { openDandelion, type Dandelion, type DandelionAction, type DandelionEvent } from "./dandelion.js";
export { openRelay, type Relay, type RelayOptions } from "./relay.js";
export { DEFAULT_DANDELION, type DandelionSettings, type Random } from "./settings.js";
export { openTimers, type Timers } from "./timers.js";
