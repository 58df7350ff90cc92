/**
 * Chooses where the prompt of a request is computed and where its answer is generated, or one pod that does both.
 *
 * <pre>
 *   PdRouter ─► Fleet         the candidates by role and roleset; Roles: what labels say, PodProfiles: profiles
 *            ─► Gates         who is left alone because another one has far less to do
 *            ─► PrefillCosts, DecodeCosts    the policies, over Reports (what engines said last) and their Survey
 *            ─► BestBySet     the best pod of each roleset
 * </pre>
 */
@NullMarked
package dev.penstock.routers.pd;

import org.jspecify.annotations.NullMarked;
