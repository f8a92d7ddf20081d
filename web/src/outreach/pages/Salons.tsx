import { CoffeeOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/access/api";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useSalons } from "../salons/api";
import { Rows } from "../salons/components/Rows";

/** 沙龙: what is held when, and who comes. */
export function Component() {
  const { t } = useTranslation("outreach");
  const me = useMe();
  const found = useSalons();
  const writes = me.data?.rights.includes("salon.write");
  const make = writes && (
    <Link to="/salons/new">
      <Button type="primary" icon={<PlusOutlined />}>
        {t("salon.new")}
      </Button>
    </Link>
  );
  return (
    <>
      <PageTitle question={t("salon.question")} extra={make} />
      {found.error && !found.data && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 6 }} />}
      {found.data && (
        <Panel flush>
          {found.data.length > 0 ? (
            <Rows rows={found.data} />
          ) : (
            <EmptyState
              icon={<CoffeeOutlined />}
              title={t("salon.none")}
              hint={t(writes ? "salon.noneHint" : "salon.noneOthers")}
              action={make}
            />
          )}
        </Panel>
      )}
    </>
  );
}
