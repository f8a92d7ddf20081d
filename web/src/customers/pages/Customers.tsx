import { CheckSquareOutlined, ExportOutlined, TagsOutlined, TeamOutlined } from "@ant-design/icons";
import { Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useScreen } from "@/shared/hooks/useScreen";
import { useSettled } from "@/shared/hooks/useSettled";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { useCustomers } from "../api";
import { COLUMNS, shownColumns } from "../columns";
import { BulkDialog, type BulkKind, type Chosen } from "../components/BulkDialog";
import { ColumnPicker } from "../components/ColumnPicker";
import { CustomerCards } from "../components/CustomerCards";
import { CustomerFilters } from "../components/CustomerFilters";
import { CustomerTable } from "../components/CustomerTable";
import styles from "../components/customers.module.css";
import { KeptDrawer } from "../components/KeptDrawer";
import { ExportDialog } from "../components/ExportDialog";
import { SavedViews } from "../components/SavedViews";
import { isNarrowed, NARROWING, toQuery, URL_DEFAULTS } from "../filters";

const PAGE_SIZE = 50;
const CLEARED = Object.fromEntries(NARROWING.map((name) => [name, undefined]));

export function Component() {
  const { t } = useTranslation(["customers", "shared"]);
  const me = useMe();
  const { phone } = useScreen();
  const [url, setUrl] = useUrlState(URL_DEFAULTS);
  const [chosen, setChosen] = useState<number[]>([]);
  const [all, setAll] = useState(false);
  const [bulk, setBulk] = useState<BulkKind | null>(null);
  const [exporting, setExporting] = useState(false);
  const [kept, setKept] = useState(false);
  /** On a phone a tap opens the customer, until one says that one means to choose. */
  const [choosing, setChoosing] = useState(false);
  const settled = useSettled(JSON.stringify(toQuery(url)));
  const query = JSON.parse(settled) as ReturnType<typeof toQuery>;
  const found = useCustomers(query);
  const may = (right: string) => me.data?.rights.includes(right) ?? false;
  const wide = may("branch.read");
  const narrowed = isNarrowed(url);
  const total = found.data?.total ?? 0;
  const page = Number(url.page) || 1;
  const change = (to: Record<string, string | undefined>) => {
    setUrl({ ...to, page: undefined });
    forget();
  };
  const forget = () => {
    setChosen([]);
    setAll(false);
    setChoosing(false);
  };
  const list = {
    rows: found.data?.rows ?? [],
    banded: found.data?.banded ?? false,
    total,
    loading: found.isPending || found.isPlaceholderData,
    page,
    pageSize: PAGE_SIZE,
    onPage: (to: number) => {
      setUrl({ page: String(to) });
      window.scrollTo({ top: 0 });
    },
  };
  const number = all ? total : chosen.length;
  const whom: Chosen = all ? { query: { ...query, page: 1 } } : { ids: chosen };
  return (
    <>
      <PageTitle
        question={t(wide ? "questionAll" : "question")}
        asOf={found.data?.biz_date}
        extra={
          <div className={styles.tools}>
            <SavedViews url={url} onApply={(to) => change(to)} />
            <ColumnPicker cols={url.cols ?? ""} wide={wide} onChange={(cols) => setUrl({ cols })} />
            <Button icon={<TagsOutlined />} onClick={() => setKept(true)}>
              {t("kept.title")}
            </Button>
            {phone && may("list.keep") && (
              <Button
                icon={<CheckSquareOutlined />}
                disabled={total === 0}
                aria-pressed={choosing}
                onClick={() => (choosing ? forget() : setChoosing(true))}
              >
                {t(choosing ? "bulk.none" : "bulk.choosing")}
              </Button>
            )}
            {may("export.request") && (
              <Button icon={<ExportOutlined />} disabled={total === 0} onClick={() => setExporting(true)}>
                {t("export.ask")}
              </Button>
            )}
          </div>
        }
      />
      <Panel flush>
        <CustomerFilters
          url={url}
          showManager={wide}
          banded={list.banded}
          total={total}
          onChange={change}
          onClear={() => change(CLEARED)}
        />
        {number > 0 && (
          <div
            className={phone ? styles.bulkFoot : styles.bulkBar}
            role="region"
            aria-label={t("bulk.title")}
          >
            <strong>{t("bulk.chosen", { number: count(number) })}</strong>
            {!all && total > chosen.length && total < 10_000 && (
              <Button type="link" onClick={() => setAll(true)}>
                {t("bulk.all", { number: count(total) })}
              </Button>
            )}
            <span className={styles.grow} />
            {may("tag.assign") && (
              <Button onClick={() => setBulk("TAG_ADD")}>{t("bulk.kind.TAG_ADD")}</Button>
            )}
            <Button onClick={() => setBulk("LIST_ADD")}>{t("bulk.kind.LIST_ADD")}</Button>
            <Button type="text" onClick={forget}>
              {t("bulk.none")}
            </Button>
          </div>
        )}
        {found.error && !found.isPlaceholderData ? (
          <div className={styles.pad}>
            <ProblemView error={found.error} onRetry={() => void found.refetch()} />
          </div>
        ) : found.data?.total === 0 ? (
          <EmptyState
            icon={<TeamOutlined />}
            title={t(narrowed ? "empty.filtered.title" : "empty.none.title")}
            hint={t(narrowed ? "empty.filtered.hint" : "empty.none.hint")}
            action={narrowed && <Button onClick={() => change(CLEARED)}>{t("shared:clear")}</Button>}
          />
        ) : phone ? (
          <>
            <div className={styles.sortLine}>
              <Select
                aria-label={t("sort.title")}
                variant="borderless"
                value={url.sort ?? "-aum"}
                onChange={(sort) => setUrl({ sort, page: undefined })}
                options={Object.entries(COLUMNS).flatMap(([name, column]) =>
                  column.sorts
                    ? ["-", ""].map((sign) => ({
                        value: `${sign}${name}`,
                        label: t(sign ? "sort.down" : "sort.up", { name: t(`columnName.${name}`) }),
                      }))
                    : [],
                )}
              />
              {found.data && (
                <span className={styles.quiet}>
                  {t(total >= 10_000 ? "totalMany" : "total", { count: total, number: count(total) })}
                </span>
              )}
            </div>
            <CustomerCards
              {...list}
              columns={url.cols ? shownColumns(url.cols, wide) : []}
              chosen={choosing ? (all ? list.rows.map(({ id }) => id) : chosen) : undefined}
              onChoose={(ids) => {
                setAll(false);
                setChosen(ids);
              }}
            />
          </>
        ) : (
          <CustomerTable
            {...list}
            columns={shownColumns(url.cols ?? "", wide)}
            sort={url.sort ?? "-aum"}
            chosen={may("list.keep") ? (all ? list.rows.map(({ id }) => id) : chosen) : undefined}
            onChoose={(ids) => {
              setAll(false);
              setChosen(ids);
            }}
            onSort={(sort) => setUrl({ sort, page: undefined })}
          />
        )}
      </Panel>
      {bulk && (
        <BulkDialog
          kind={bulk}
          chosen={whom}
          onClose={() => setBulk(null)}
          onDone={() => {
            setBulk(null);
            forget();
          }}
        />
      )}
      <KeptDrawer
        open={kept}
        onClose={() => setKept(false)}
        onShow={(narrow) => {
          change({ ...CLEARED, ...narrow });
          setKept(false);
        }}
      />
      {exporting && <ExportDialog url={url} total={total} onClose={() => setExporting(false)} />}
    </>
  );
}
