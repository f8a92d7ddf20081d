import { theme, type ThemeConfig } from "antd";
import type { Preferences } from "@/shared/preferences";

/** 银客's one accent; a bank sets its own here. */
export const ACCENT = "#0f766e";

const FONT =
  '-apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", "Segoe UI", Roboto, sans-serif';

/** Class whose scope carries the theme's CSS variables; it sits on <html>. */
export function themeClass({ theme: mode, density }: Preferences): string {
  return `yk-${mode}-${density}`;
}

/** Whoever asks for no motion gets none: an animation cut to nothing may end unseen and leave its veil over the page. */
const still = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

export function themeOf(preferences: Preferences): ThemeConfig {
  const dark = preferences.theme === "dark";
  const algorithms = [dark ? theme.darkAlgorithm : theme.defaultAlgorithm];
  if (preferences.density === "compact") algorithms.push(theme.compactAlgorithm);
  const accent = dark ? "#2dd4bf" : ACCENT;
  return {
    algorithm: algorithms,
    cssVar: { key: themeClass(preferences) },
    token: {
      colorPrimary: dark ? "#21b8a8" : ACCENT,
      colorPrimaryBg: dark ? "#12302c" : "#e8f4f2",
      colorPrimaryBgHover: dark ? "#173d38" : "#d3ebe7",
      colorPrimaryBorder: dark ? "#1f5a52" : "#9fd3cb",
      colorPrimaryBorderHover: dark ? "#2a786d" : "#5fb5a9",
      colorPrimaryHover: dark ? "#2bbcac" : "#13897f",
      colorPrimaryActive: dark ? "#0f8679" : "#0b5a54",
      colorPrimaryText: accent,
      colorLink: accent,
      colorInfo: dark ? "#21b8a8" : ACCENT,
      colorInfoBg: dark ? "#12302c" : "#e8f4f2",
      colorInfoBorder: dark ? "#1f5a52" : "#9fd3cb",
      colorError: dark ? "#ff8178" : "#c8281e",
      colorErrorText: dark ? "#ff9d96" : "#c8281e",
      colorSuccess: dark ? "#52c98f" : "#227a4c",
      colorWarning: dark ? "#d9a036" : "#a05f00",
      colorWarningBg: dark ? "#2b2111" : "#fff6e5",
      colorErrorBg: dark ? "#2c1716" : "#fdeeed",
      colorSuccessBg: dark ? "#12261b" : "#e9f5ee",
      colorTextSecondary: dark ? "rgba(255,255,255,0.70)" : "rgba(0,0,0,0.66)",
      colorTextTertiary: dark ? "rgba(255,255,255,0.58)" : "rgba(0,0,0,0.58)",
      colorTextPlaceholder: dark ? "rgba(255,255,255,0.55)" : "rgba(0,0,0,0.56)",
      colorBgLayout: dark ? "#0c1110" : "#f4f6f5",
      colorBgContainer: dark ? "#151b1a" : "#ffffff",
      colorBgElevated: dark ? "#1c2322" : "#ffffff",
      controlHeightLG: 44, // what a finger hits: phones use the large size
      borderRadius: 8,
      fontFamily: FONT,
      wireframe: false,
      motion: !still(),
      motionDurationMid: "0.15s",
      motionDurationSlow: "0.2s",
    },
    components: {
      Button: dark ? { primaryColor: "#04211d" } : {},
      Menu: { itemBorderRadius: 8, activeBarBorderWidth: 0, itemBg: "transparent" },
      Table: {
        headerBg: "transparent",
        headerSplitColor: "transparent",
        headerSortActiveBg: "transparent",
        bodySortBg: "transparent",
      },
    },
  };
}
