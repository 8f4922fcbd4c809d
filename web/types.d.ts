// modules that only Next's compiler knows: styles, images, fonts
/// <reference types="next" />
/// <reference types="next/image-types/global" />
