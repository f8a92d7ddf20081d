import "./styleNonce";
import { LoadingOutlined } from "@ant-design/icons";
import { QueryClientProvider } from "@tanstack/react-query";
import { App as AntdApp, ConfigProvider } from "antd";
import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router";
import { useScreen } from "@/shared/hooks/useScreen";
import { preferences, usePreferences } from "@/shared/preferences";
import { antdLocale, speak } from "./i18n";
import { makeQueryClient } from "./queries";
import { router, toSignIn } from "./routes";
import { themeClass, themeOf } from "./theme";
import "./global.css";

const queries = makeQueryClient(toSignIn);

/** A busy button keeps its name, for who hears the page; and its icon goes at once, by no animation that may stick. */
const BUTTON = { autoInsertSpace: false, loadingIcon: <LoadingOutlined spin aria-hidden /> };

function Root() {
  const chosen = usePreferences();
  const { phone } = useScreen();
  const [spoken, setSpoken] = useState(chosen.language);
  useEffect(() => {
    void speak(chosen.language).then(() => setSpoken(chosen.language));
  }, [chosen.language]);
  useEffect(() => {
    document.documentElement.className = themeClass(chosen);
    document.documentElement.style.colorScheme = chosen.theme;
  }, [chosen]);
  return (
    <ConfigProvider
      locale={antdLocale(spoken)}
      theme={themeOf(chosen)}
      button={BUTTON}
      componentSize={phone ? "large" : chosen.density === "compact" ? "small" : "middle"}
    >
      {/* a heap that unfolds under the pointer takes the button from under it */}
      <AntdApp notification={{ stack: false, maxCount: 3 }}>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </AntdApp>
    </ConfigProvider>
  );
}

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
await speak(preferences.get().language);
createRoot(root).render(
  <StrictMode>
    <Root />
  </StrictMode>,
);
