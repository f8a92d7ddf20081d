import { TeamOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useScreen } from "@/shared/hooks/useScreen";
import { useSettled } from "@/shared/hooks/useSettled";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { useMe } from "@/access/api";
import { useCustomers } from "../api";
import { CustomerCards } from "../components/CustomerCards";
import { CustomerFilters, POOL } from "../components/CustomerFilters";
import { CustomerTable } from "../components/CustomerTable";
import styles from "../components/customers.module.css";

const PAGE_SIZE = 50;
const DEFAULTS = { q: "", tier: "", stage: "", manager: "", org: "", sort: "-aum", page: "1" };

export function Component() {
  const { t } = useTranslation(["customers", "shared"]);
  const me = useMe();
  const { phone } = useScreen();
  const [url, setUrl] = useUrlState(DEFAULTS);
  const q = useSettled(url.q.trim());
  const page = Number(url.page) || 1;
  const found = useCustomers({
    q,
    tier: url.tier ? url.tier.split(",").map(Number) : [],
    stage: url.stage ? url.stage.split(",") : [],
    manager: url.manager && url.manager !== POOL ? Number(url.manager) : null,
    pool: url.manager === POOL,
    org: url.org ? Number(url.org) : null,
    sort: url.sort,
    page,
  });
  const showManager = me.data?.rights.includes("branch.read") ?? false;
  const narrowed = Boolean(q || url.tier || url.stage || url.manager || url.org);
  const list = {
    rows: found.data?.rows ?? [],
    banded: found.data?.banded ?? false,
    total: found.data?.total ?? 0,
    loading: found.isPending || found.isPlaceholderData,
    page,
    pageSize: PAGE_SIZE,
    onPage: (to: number) => {
      setUrl({ page: String(to) });
      window.scrollTo({ top: 0 });
    },
  };
  return (
    <>
      <PageTitle question={t(showManager ? "questionAll" : "question")} asOf={found.data?.biz_date} />
      <Panel flush>
        <CustomerFilters
          filter={{ q: url.q, tier: url.tier, stage: url.stage, manager: url.manager }}
          showManager={showManager}
          onChange={(change) => setUrl({ ...change, page: undefined })}
        />
        {found.error && !found.data ? (
          <div className={styles.pad}>
            <ProblemView error={found.error} onRetry={() => void found.refetch()} />
          </div>
        ) : found.data?.total === 0 ? (
          <EmptyState
            icon={<TeamOutlined />}
            title={t(narrowed ? "empty.filtered.title" : "empty.none.title")}
            hint={t(narrowed ? "empty.filtered.hint" : "empty.none.hint")}
            action={
              narrowed && (
                <Button
                  onClick={() =>
                    setUrl({
                      q: undefined,
                      tier: undefined,
                      stage: undefined,
                      manager: undefined,
                      org: undefined,
                      page: undefined,
                    })
                  }
                >
                  {t("shared:clear")}
                </Button>
              )
            }
          />
        ) : phone ? (
          <CustomerCards {...list} />
        ) : (
          <CustomerTable
            {...list}
            showManager={showManager}
            sort={url.sort}
            onSort={(sort) => setUrl({ sort, page: undefined })}
          />
        )}
      </Panel>
    </>
  );
}
