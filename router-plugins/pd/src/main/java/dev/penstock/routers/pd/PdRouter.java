package dev.penstock.routers.pd;

import dev.penstock.routers.pd.Notes.Note;
import dev.penstock.spi.Api;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Snapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * A prefill pod and a decode pod of one roleset, or one pod that does both. What pods have to do is what is in flight
 * there: both legs of a plan are counted in the step in which it is chosen, each until its own end.
 */
final class PdRouter implements Router {

    private static final double LEAST_MOST_PREFILL = 1;
    private static final double LEAST_MOST_DECODE = .01;

    private final RouterEnvironment environment;
    private final PodLoad load;
    private final RandomGenerator random;
    private final boolean unknownWord;
    private final ProfilePolicies policies;
    private final Notes notes;
    private final Fleet fleet;
    private final Gates gates;
    private final Relief relief;
    private final PrefillCosts prefillCosts;
    private final DecodeCosts decodeCosts;
    private final BestBySet bestPrefill;
    private final BestBySet bestDecode;
    private final Map<String, Reports> reportsByModel = new HashMap<>();

    PdRouter(RouterEnvironment environment, PdSettings settings) {
        this.environment = environment;
        load = environment.load();
        random = environment.random();
        unknownWord = settings.unknownWord();
        policies = new ProfilePolicies(settings.policies());
        notes = new Notes(environment);
        fleet = new Fleet(new Roles(settings.connector()), settings.bucketing());
        gates = new Gates(settings.spreads(), load, random, notes);
        relief = new Relief(load, random, notes);
        prefillCosts = new PrefillCosts(environment, settings.weights().deviationFactor());
        decodeCosts = new DecodeCosts(settings.weights().running(), settings.weights().throughput());
        bestPrefill = new BestBySet(fleet.prefills(), random);
        bestDecode = new BestBySet(fleet.decodes(), random);
    }

    @Override
    public void route(RoutingContext context) {
        fleet.sort(context);
        if (!handsOver(context.request().api())) {
            one(context);
        } else if (fleet.prefills().size() == 0) {
            combined(context);
        } else {
            pair(context);
        }
    }

    /** Whether engines take over what another one computed: by parameters that only completions have. */
    private static boolean handsOver(Api api) {
        return api == Api.CHAT_COMPLETIONS || api == Api.COMPLETIONS;
    }

    /** A request of one leg: where both are done, else where answers come from. */
    private void one(RoutingContext context) {
        Legs legs = fleet.combined().size() > 0 ? fleet.combined() : fleet.decodes();
        leastBusy(context, legs, Note.ONE_LEG);
    }

    private void combined(RoutingContext context) {
        leastBusy(context, fleet.combined(), Note.COMBINED_LENGTH);
    }

    private void leastBusy(RoutingContext context, Legs legs, Note why) {
        if (legs.size() == 0) {
            notes.tell(context, Note.NO_PAIR);
            context.fail(ErrorCode.PREFILL_NOT_READY);
            return;
        }
        legs.measure(load);
        notes.tell(context, why);
        context.select(legs.pod(legs.leastBusy(random)));
    }

    private void pair(RoutingContext context) {
        Reports reports = reports(context);
        PodView both = relief.of(context, fleet, reports);
        if (both != null) {
            context.select(both);
            return;
        }
        Legs prefills = fleet.prefills();
        Legs decodes = fleet.decodes();
        gates.pass(context, prefills, decodes, reports);
        ProfilePolicies.Told told = policies.of(context.request().routingConfig());
        PrefillPolicy prefillPolicy = told.policies().prefill();
        DecodePolicy decodePolicy = told.policies().decode();
        Survey survey = gates.survey();
        double prefillCost = prefillCosts.set(context, prefills, prefillPolicy, reports);
        double decodeCost = decodeCosts.set(decodes, decodePolicy, reports, survey);
        bestPrefill.find(fleet.sets(), Math.max(LEAST_MOST_PREFILL, prefillCost));
        bestDecode.find(fleet.sets(), Math.max(LEAST_MOST_DECODE, decodeCost));
        int set = best();
        PodView prefill = prefills.pod(bestPrefill.leg(set));
        PodView decode = decodes.pod(bestDecode.leg(set));
        if (unknownWord || told.unknownWord()) {
            notes.tell(context, Note.UNKNOWN_WORD);
        }
        prefillCosts.tell(context, prefillPolicy, reports.prefillSeconds(prefill.slot()), notes);
        decodeCosts.tell(context, decodePolicy, reports, survey, decode.slot(), notes);
        context.select(new Plan.PrefillDecode(prefill, decode, fleet.connector(prefill)));
    }

    /** The roleset whose best two cost the least together, equal ones at random. */
    private int best() {
        int sets = fleet.sets();
        int best = -1;
        double least = Double.POSITIVE_INFINITY;
        int equals = 0;
        for (int set = 0; set < sets; set++) {
            double cost = bestPrefill.share(set) + bestDecode.share(set);
            if (cost < least) {
                best = set;
                least = cost;
                equals = 1;
            } else if (best >= 0 && cost == least && random.nextInt(++equals) == 0) {
                best = set;
            }
        }
        // The prefill pod with the fewest requests is never left out, and its roleset has a decode pod.
        return best;
    }

    private Reports reports(RoutingContext context) {
        Snapshot snapshot = context.snapshot();
        ModelView named = Objects.requireNonNull(snapshot.model(context.request().model()), "model of a candidate");
        ModelView base = named.baseModel().equals(named.name()) ? named : snapshot.model(named.baseModel());
        ModelView model = base == null ? named : base;
        Reports reports = reportsByModel.get(model.name());
        if (reports == null) {
            reports = new Reports(load);
            reportsByModel.put(model.name(), reports);
        }
        reports.renewIfOld(snapshot, model, environment.nanoTime());
        return reports;
    }

    @Override
    public void snapshotChanged(Snapshot snapshot) {
        fleet.changed(snapshot);
        reportsByModel.keySet().removeIf(model -> snapshot.model(model) == null);
    }

    @Override
    public void podRemoved(PodView endpoint) {
        fleet.forget(endpoint);
    }
}
