import { css } from './html.ts'

/** Tokens. */
export const tokensStyles = css`
:host {
  --_text: var(--mgs-color-text, light-dark(#191d24, #e8eaee));
  --_surface: var(--mgs-color-surface, light-dark(#fff, #14171c));
  --_accent: var(--mgs-color-accent, light-dark(#2356c5, #86acf8));
  --_muted: var(--mgs-color-muted, color-mix(in oklab, var(--_text) 70%, var(--_surface)));
  --_raised: var(--mgs-color-raised, color-mix(in oklab, var(--_text) 4%, var(--_surface)));
  --_border: var(--mgs-color-border, color-mix(in oklab, var(--_text) 15%, var(--_surface)));
  --_edge: var(--mgs-color-control-border, color-mix(in oklab, var(--_text) 56%, var(--_surface)));
  /* white or black, whichever reads better on the accent: at least 4.58:1 on any colour */
  --_bw: clamp(0, (.1791 - .2126*r - .7152*g - .0722*b)*1e5, 1);
  --_on-accent: var(--mgs-color-on-accent, color(from var(--_accent) srgb-linear var(--_bw) var(--_bw) var(--_bw)));
  /* the accent, moved to a lightness that reads as text */
  --_link: var(--mgs-color-link, light-dark(oklch(from var(--_accent) min(l, .5) c h), oklch(from var(--_accent) max(l, .78) c h)));
  --_info: var(--mgs-color-info, var(--_link));
  --_focus: var(--mgs-color-focus, var(--_link));
  --_danger: var(--mgs-color-danger, light-dark(oklch(.5 .19 27), oklch(.76 .13 25)));
  --_warning: var(--mgs-color-warning, light-dark(oklch(.5 .11 70), oklch(.83 .12 85)));
  --_success: var(--mgs-color-success, light-dark(oklch(.49 .12 155), oklch(.79 .13 158)));
  --_radius: var(--mgs-radius, .5rem);
  --_corner: var(--mgs-radius-control, calc(var(--_radius)*.75));
  --_line: var(--mgs-border-width, 1px) solid;
  --_height: var(--mgs-control-height, 2.25rem);
  --_shadow: var(--mgs-shadow, 0 1px 2px color-mix(in oklab, var(--_text) 9%, #0000));
  --_fast: var(--mgs-duration, .18s);
  --_mono: var(--mgs-font-family-mono, ui-monospace, Menlo, Consolas, monospace);
  --_weight: var(--mgs-label-weight, 550);
  /* type: small, base, large, title; space: multiples of one unit */
  --_m: var(--mgs-font-size, .9375rem);
  --_s: calc(var(--_m)*.867);
  --_l: calc(var(--_m)*1.133);
  --_xl: calc(var(--_m)*1.467);
  --_1: var(--mgs-space, .25rem);
  --_2: calc(var(--_1)*2);
  --_3: calc(var(--_1)*3);
  --_4: calc(var(--_1)*4);
  --_6: calc(var(--_1)*6);
  --_8: calc(var(--_1)*8);

  display: block;
  container: mgs / inline-size;
  max-inline-size: var(--mgs-max-width, 72rem);
  color: var(--_text);
  font-family: var(--mgs-font-family, inherit);
  font-size: var(--_m);
  line-height: var(--mgs-line-height, 1.5);
}
:host([hidden]) { display: none }
`
