/** 16 by 16, drawn by lines of the colour of the text around. */
const shapes = {
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.4 10.4 14 14",
  clip: "M11.5 5.5v5a3.5 3.5 0 0 1-7 0v-6a2.3 2.3 0 0 1 4.6 0v5.6a1.1 1.1 0 0 1-2.2 0V5.5",
  tool: "M13.6 4.2a3.6 3.6 0 0 1-4.9 4.3L4 13.2A1.5 1.5 0 0 1 2 11l4.8-4.6A3.6 3.6 0 0 1 11 1.6L8.9 3.8l.4 2 2 .4z",
  next: "M6.2 4 10 8l-3.8 4",
  stop: "M5 5h6v6H5z",
  cut: "M1.5 8h4M10.5 8h4M7 5.5 6.5 10.5M9.5 5.5 9 10.5",
  sun: "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6ZM8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8 13 13M13 3l-1.2 1.2M4.2 11.8 3 13",
  moon: "M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8Z",
  contrast: "M8 2.4a5.6 5.6 0 1 0 0 11.2A5.6 5.6 0 0 0 8 2.4ZM8 2.4v11.2M8 5h4.7M8 8h5.6M8 11h4.7",
  down: "M4 6.2 8 10l4-3.8",
  more: "M3.4 8h.2M7.9 8h.2M12.4 8h.2",
  copy: "M5.5 5.5h7v8h-7zM3.5 10.5v-8h7",
  close: "M4 4l8 8M12 4l-8 8",
  warning: "M8 2.2 14.6 13.6H1.4ZM8 6.4v3.4M8 11.6v.2",
  table: "M2 3.5h12v9H2zM2 6.5h12M6 3.5v9",
  chart: "M2.5 13.5v-4M6.2 13.5v-9M9.8 13.5V7M13.5 13.5v-11",
  child: "M4 2v7h7",
  right: "M6.2 4 10 8l-3.8 4",
  download: "M8 2.5v7.6M4.8 7 8 10.2 11.2 7M2.5 13.5h11",
  trace: "M2.5 4h5M5.5 8h5M8.5 12h5",
  overview: "M2.5 7.4 8 2.6l5.5 4.8v6.1h-11z",
  playground: "M2.5 3h11v8H7l-3 2.6V11H2.5z",
  requests: "M2.5 4h11M2.5 8h11M2.5 12h7",
  keys: "M5 5.6a2.4 2.4 0 1 0 0 4.8 2.4 2.4 0 0 0 0-4.8ZM7.4 8h6.1M11.4 8v2.2M13.4 8v1.6",
  connect: "M5.5 2v3.5M10.5 2v3.5M3.5 5.5h9v2.2a4.5 4.5 0 0 1-9 0zM8 12.2V15",
} as const;

/** The name of an icon. */
export type IconName = keyof typeof shapes;

/** An icon; it says nothing to a screen reader, so a name must stand beside it. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={shapes[name]} />
    </svg>
  );
}

/** The sign of the program. */
export function Sign() {
  return (
    <svg class="sign" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      <path d="M13 6.4V4a1.6 1.6 0 0 0-1.6-1.6H4A1.6 1.6 0 0 0 2.4 4v8A1.6 1.6 0 0 0 4 13.6h7.4A1.6 1.6 0 0 0 13 12v-2.2" />
    </svg>
  );
}
