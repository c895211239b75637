/** The pages of the design, in the order of the navigation: the number is the key that leads there. */
export const pageOrder = ["overview", "playground", "requests", "keys", "connect"] as const;

/** The name of a page: in the address, among the texts and the icons. */
export type PageName = (typeof pageOrder)[number];
