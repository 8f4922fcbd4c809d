// what Next's compiler knows beyond TypeScript: styles, images, fonts
/// <reference types="next" />
/// <reference types="next/image-types/global" />
