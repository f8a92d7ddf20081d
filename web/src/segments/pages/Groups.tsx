import { ClusterOutlined } from "@ant-design/icons";
import { Segmented, Select, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/access/api";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { AlikeGroups } from "../components/AlikeGroups";
import { RfmTiles } from "../components/RfmTiles";
import { HEAD_OFFICE } from "../components/SegmentForm";
import styles from "../components/segment.module.css";
import { useLibrary } from "../storeApi";

const DEFAULTS = { by: "", segment: "", number: "" };
const NUMBERS = ["", "3", "4", "5", "6", "7", "8"];

/** 自动分群: into which groups the customers fall, by resemblance or by RFM. */
export function Component() {
  const { t } = useTranslation("segments");
  const me = useMe();
  const [url, setUrl] = useUrlState(DEFAULTS);
  const library = useLibrary({ status: "IN_USE" });
  const today = me.data?.freshness.biz_date;
  const by = url.by || (me.data?.org.level === HEAD_OFFICE ? "alike" : "rfm");
  const byRfm = by === "rfm";
  return (
    <>
      <PageTitle question={t("groups.question")} asOf={today} />
      {!me.data && <Skeleton active paragraph={{ rows: 10 }} />}
      {me.data && !today && (
        <Panel>
          <EmptyState
            icon={<ClusterOutlined />}
            title={t("groups.noNight")}
            hint={t("groups.noNightHint")}
            action={<Link to="/segments">{t("groups.toLibrary")}</Link>}
          />
        </Panel>
      )}
      {today && (
        <div className={styles.stack}>
          <div className={styles.deeds}>
            <Segmented
              aria-label={t("groups.by")}
              value={by}
              onChange={(chosen) => setUrl({ by: chosen })}
              options={["alike", "rfm"].map((one) => ({ value: one, label: t(`groups.way.${one}`) }))}
            />
            <Select
              className={styles.search}
              aria-label={t("groups.among")}
              showSearch={{ optionFilterProp: "label" }}
              popupMatchSelectWidth={false}
              value={url.segment}
              onChange={(segment: string) => setUrl({ segment })}
              options={[
                { value: "", label: t("groups.everybody") },
                ...(library.data?.rows ?? []).map(({ code, name }) => ({ value: code, label: name })),
              ]}
            />
            {!byRfm && (
              <Select
                aria-label={t("groups.number")}
                popupMatchSelectWidth={false}
                value={url.number}
                onChange={(number: string) => setUrl({ number })}
                options={NUMBERS.map((one) => ({
                  value: one,
                  label: one ? t("groups.many", { number: one }) : t("groups.automatic"),
                }))}
              />
            )}
          </div>
          <p className={styles.quiet}>{t(byRfm ? "groups.rfmHint" : "groups.alikeHint")}</p>
          {byRfm ? (
            <RfmTiles segment={url.segment} />
          ) : (
            <AlikeGroups segment={url.segment} number={url.number ? Number(url.number) : null} />
          )}
        </div>
      )}
    </>
  );
}
