import { Alert, Skeleton } from "antd";
import { Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Outlet } from "react-router";
import { useMe } from "@/access/api";
import { EndWatch } from "@/access/components/EndWatch";
import { FirstThings } from "@/access/components/FirstThings";
import { LiveAlerts } from "@/care/components/LiveAlerts";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { useScreen } from "@/shared/hooks/useScreen";
import { entriesFor } from "../access";
import { preload } from "../pageCode";
import { BottomBar } from "./BottomBar";
import { Header } from "./Header";
import { Rail } from "./Rail";
import styles from "./shell.module.css";

/** The page that was asked for comes first. */
const PRELOAD_AFTER_MS = 1000;

/** The frame around every page: where one is, who one is, how fresh the figures are. */
export function Shell() {
  const me = useMe();
  const { phone } = useScreen();
  const { t } = useTranslation("app");
  const format = useFormat();
  const rights = me.data?.rights;
  const [first, setFirst] = useState(false);
  if (me.data?.must && !first) setFirst(true); // stays until the person has seen all of it, recovery codes too
  useEffect(() => {
    if (!rights) return;
    const timer = setTimeout(() => void preload(rights), PRELOAD_AFTER_MS);
    return () => clearTimeout(timer);
  }, [rights]);
  if (!me.data) {
    const signedOut = me.error?.status === 401;
    return (
      <main className={styles.waiting}>
        {me.error && !signedOut ? (
          <ProblemView error={me.error} onRetry={() => void me.refetch()} />
        ) : (
          <Skeleton active paragraph={{ rows: 6 }} />
        )}
      </main>
    );
  }
  if (first) {
    return (
      <>
        <FirstThings me={me.data} onDone={() => setFirst(false)} />
        <EndWatch />
      </>
    );
  }
  const entries = entriesFor(me.data.rights);
  const { freshness } = me.data;
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#content">
        {t("skip")}
      </a>
      {!phone && <Rail entries={entries} />}
      <div className={styles.column}>
        <Header me={me.data} phone={phone} />
        {(freshness.late || freshness.running) && (
          <Alert
            banner
            type={freshness.late ? "warning" : "info"}
            title={
              freshness.running
                ? t("freshness.running")
                : t("freshness.late", {
                    date: freshness.biz_date ? format.date(freshness.biz_date) : t("freshness.never"),
                  })
            }
          />
        )}
        <main id="content" className={styles.content}>
          <Suspense fallback={<Skeleton active />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      {phone && <BottomBar entries={entries} />}
      {me.data.rights.includes("workbench") && <LiveAlerts />}
      <EndWatch />
    </div>
  );
}
