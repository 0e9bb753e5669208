/**
 * Colours, fonts and sizes of all plots. The pair for the classes 0 and 1, and the third, are from the palette of
 * Okabe and Ito (https://jfly.uni-koeln.de/color/), which stays apart under every common colour blindness; the dark
 * values are its lighter members. Every distinction is also made by shape, digit or dash.
 */

export const palette = {
  paper: { light: "#ffffff", dark: "#15181d" },
  ink: { light: "#1f2328", dark: "#e6edf3" },
  muted: { light: "#59636e", dark: "#9aa7b4" },
  grid: { light: "#e4e7eb", dark: "#2c323a" },
  zero: { light: "#0072b2", dark: "#56b4e9" },
  one: { light: "#d55e00", dark: "#e69f00" },
  third: { light: "#007a5a", dark: "#2bc49a" },
  alert: { light: "#b3126b", dark: "#f28ac1" },
} as const satisfies Record<string, { light: string; dark: string }>;

export type Colour = keyof typeof palette;

/** The class that fills with a colour of the palette. */
export const fill = (colour: Colour): string => `xp-f-${colour}`;

/** The class that strokes with a colour of the palette. */
export const stroke = (colour: Colour): string => `xp-s-${colour}`;

export const fontSize = { title: 16, text: 12.5, small: 11.5 } as const;

const fontFamily =
  "system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans KR','Apple SD Gothic Neo','Malgun Gothic',sans-serif";

function colourRules(mode: "light" | "dark"): string {
  return (Object.keys(palette) as Colour[])
    .map((colour) => {
      const value = palette[colour][mode];
      return `.${fill(colour)}{fill:${value}}.${stroke(colour)}{stroke:${value}}`;
    })
    .join("");
}

/** Plain class rules and no CSS variables, which several SVG viewers outside browsers do not know. */
export const styleSheet =
  `.xp{font-family:${fontFamily}}` +
  `.xp-title{font-size:${fontSize.title}px;font-weight:600}` +
  `.xp-text{font-size:${fontSize.text}px}` +
  `.xp-small{font-size:${fontSize.small}px}` +
  colourRules("light") +
  `@media (prefers-color-scheme:dark){${colourRules("dark")}}`;
