import { Button, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import type { JourneyDetail } from "../types";
import styles from "./journey.module.css";

export const VERSION_COLOURS = {
  DRAFT: "default",
  PENDING: "warning",
  APPROVED: "success",
  REFUSED: "error",
  WITHDRAWN: "default",
} as const;

/** 版本: who saved each, who decided and why, how many are still on it. */
export function Versions({ journey, onShow }: { journey: JourneyDetail; onShow: (number: number) => void }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const newest = journey.versions.toSorted((a, b) => b.number - a.number);
  return (
    <Panel>
      <ul className={styles.versions}>
        {newest.map((version) => (
          <li key={version.number}>
            <span className={styles.tools}>
              <strong>{t("list.version", { number: version.number })}</strong>
              <Tag variant="filled" color={VERSION_COLOURS[version.state]}>
                {t(`journey.versionState.${version.state}`)}
              </Tag>
              {version.in_force && (
                <Tag variant="filled" className={styles.live}>
                  {t("journey.inForce")}
                </Tag>
              )}
              {version.number === journey.number ? (
                <span className={styles.quiet}>{t("journey.versions.shown")}</span>
              ) : (
                <Button size="small" onClick={() => onShow(version.number)}>
                  {t("journey.versions.see")}
                </Button>
              )}
            </span>
            <small className={styles.quiet}>
              {[
                t("journey.versions.made", { name: version.made_by, at: format.moment(version.made_at) }),
                version.decided_by &&
                  version.decided_at &&
                  t("journey.versions.decided", {
                    name: version.decided_by,
                    at: format.moment(version.decided_at),
                  }),
                version.inside > 0 && t("journey.versions.inside", { number: count(version.inside) }),
              ]
                .filter(Boolean)
                .join(" · ")}
            </small>
            {version.reason && <p>{t("journey.versions.because", { reason: version.reason })}</p>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
