import { exp, log } from "#num";
import { defineProcess, toNormals } from "#quant";
import { z } from "zod";

/**
 * dS = drift·S·dt + a·S^beta·dW, da = nu·a·dB, dW·dB = rho·dt (P. Hagan et al., "Managing smile risk", Wilmott
 * (September 2002), 84–108). `alpha` is a at the start; with beta < 1 its unit is price^(1 − beta) a √year.
 * The volatility is exact. The price steps in its logarithm for beta = 1, and otherwise by Euler, stopped at zero.
 */
export default defineProcess({
  name: "sabr",
  describe: "SABR: lognormal volatility, correlated with the price, and an elasticity of the price",
  params: z.strictObject({
    drift: z.number().default(0),
    alpha: z.number().min(0).default(0.2),
    beta: z.number().min(0).max(1).default(1),
    rho: z.number().min(-1).max(1).default(-0.3),
    nu: z.number().min(0).default(0.3),
  }),
  schemes: ["euler"],
  warn: ({ beta }) =>
    beta < 1 ? [`beta = ${beta} < 1: the price may reach zero and stays there`] : [],
  start: ({ params, dt, spot: start }) => {
    const { drift, alpha, beta, rho, nu } = params;
    const rest = Math.sqrt(1 - rho * rho);
    const root = Math.sqrt(dt);
    /** Volatility of the log price. */
    const relative = (price: number, a: number) =>
      beta === 1 ? a : price > 0 ? a * exp((beta - 1) * log(price)) : 0;
    return {
      begin({ variance, hidden }) {
        variance.fill(relative(start, alpha) ** 2);
        hidden.fill(alpha);
      },
      advance({ spot, variance, hidden, draws }, step) {
        const [own, shared] = draws.uniforms(step, 0);
        toNormals(own);
        toNormals(shared);
        for (let i = 0; i < spot.length; i++) {
          const price = spot[i]!;
          const a = hidden[i]!;
          const noise = root * (rho * shared[i]! + rest * own[i]!);
          const vol = relative(price, a);
          spot[i] =
            beta === 1
              ? price * exp((drift - 0.5 * a * a) * dt + a * noise)
              : Math.max(0, price * (1 + drift * dt + vol * noise));
          hidden[i] = a * exp(nu * root * shared[i]! - 0.5 * nu * nu * dt);
          variance[i] = relative(spot[i]!, hidden[i]!) ** 2;
        }
      },
    };
  },
});
