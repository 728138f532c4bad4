#include "cli/doctor/ssh_connection.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "cli/doctor/ssh_pattern.h"

namespace twofactor {
namespace {

using Texts = std::vector<std::string>;

// The parts of a connection that criteria are about. A user has groups.
enum class Part { kUser, kHost, kAddress, kLocalAddress, kLocalPort, kRoutingDomain, kNone };

Part PartOf(const SshCriterion& criterion) {
  static const std::map<std::string, Part> kParts = {{"user", Part::kUser},
                                                     {"group", Part::kUser},
                                                     {"host", Part::kHost},
                                                     {"address", Part::kAddress},
                                                     {"localaddress", Part::kLocalAddress},
                                                     {"localport", Part::kLocalPort},
                                                     {"rdomain", Part::kRoutingDomain}};
  const auto found = kParts.find(criterion.attribute);
  return found == kParts.end() ? Part::kNone : found->second;
}

bool IsAddress(Part part) { return part == Part::kAddress || part == Part::kLocalAddress; }

// Of the part, where no block asks for another: nobody's name, and what RFC 5737 and 3849 keep for
// examples.
Texts PlainValuesOf(Part part) {
  switch (part) {
    case Part::kUser:
      return {"somebody", "anybody"};
    case Part::kHost:
      return {"client.example", "client.example.net"};
    case Part::kAddress:
    case Part::kLocalAddress:
      return {"192.0.2.1", "198.51.100.1", "203.0.113.1", "10.1.2.3", "2001:db8::1"};
    case Part::kLocalPort:
      return {"22", "2222", "1"};
    case Part::kRoutingDomain:
    case Part::kNone:
      break;
  }
  return {""};
}

class Finder {
 public:
  Finder(const SshBlock& block, const std::vector<SshBlock>& blocks, const SshPeople& people)
      : block_(block), blocks_(blocks), people_(people) {}

  // Has every criterion of the block a part that is known here?
  bool IsUnderstood() const {
    return std::all_of(block_.criteria.begin(), block_.criteria.end(),
                       [](const SshCriterion& criterion) {
                         return PartOf(criterion) != Part::kNone || criterion.attribute == "all" ||
                                criterion.attribute == "version";
                       });
  }

  std::optional<std::string> Choose(Part part, const Texts& candidates) const {
    std::optional<std::string> best;
    std::size_t fewest = 0;
    for (const std::string& candidate : candidates) {
      if (!Fits(part, candidate)) {
        continue;
      }
      const std::size_t count = CountHolding(part, candidate);
      if (!best || count < fewest) {
        best = candidate;
        fewest = count;
      }
      if (fewest == CountOwn(part)) {
        break;
      }
    }
    return best;
  }

  Texts Candidates(Part part) const {
    Texts candidates = PlainValuesOf(part);
    for (const SshBlock& block : blocks_) {
      for (const SshCriterion& criterion : block.criteria) {
        if (PartOf(criterion) == part) {
          Append(SamplesOf(part, criterion), candidates);
        }
      }
    }
    if (part == Part::kUser) {
      Append(people_.users(), candidates);
    }
    return candidates;
  }

 private:
  static void Append(const Texts& more, Texts& texts) {
    texts.insert(texts.end(), more.begin(), more.end());
  }

  Texts SamplesOf(Part part, const SshCriterion& criterion) const {
    Texts samples;
    for (const std::string& entry : SshEntriesOf(criterion.patterns)) {
      Append(criterion.attribute == "group" ? MembersLike(entry)
             : IsAddress(part)              ? SshAddressSamplesOf(entry)
                                            : SshSamplesOf(entry),
             samples);
    }
    return samples;
  }

  Texts MembersLike(const std::string& pattern) const {
    if (pattern.find_first_of("*?!") == std::string::npos) {
      return people_.members(pattern);
    }
    Texts members;
    for (const std::string& group : people_.groups()) {
      if (MatchesSshPatterns(group, pattern)) {
        Append(people_.members(group), members);
      }
    }
    return members;
  }

  bool Holds(const SshCriterion& criterion, Part part, const std::string& value) const {
    if (criterion.attribute == "group") {
      // One that is refused, of all that the user is in, is enough.
      const Texts groups = people_.groups_of(value);
      bool found = false;
      for (const std::string& entry : SshEntriesOf(criterion.patterns)) {
        const bool negated = entry.front() == '!';
        const std::string pattern = entry.substr(negated ? 1 : 0);
        const bool is_in = std::any_of(groups.begin(), groups.end(), [&](const auto& group) {
          return MatchesSshPatterns(group, pattern);
        });
        if (is_in && negated) {
          return false;
        }
        found |= is_in;
      }
      return found;
    }
    return IsAddress(part) ? MatchesSshAddresses(value, criterion.patterns)
                           : MatchesSshPatterns(value, criterion.patterns);
  }

  bool Fits(Part part, const std::string& value) const {
    return std::all_of(block_.criteria.begin(), block_.criteria.end(),
                       [&](const SshCriterion& criterion) {
                         return PartOf(criterion) != part || Holds(criterion, part, value);
                       });
  }

  std::size_t CountOwn(Part part) const {
    return static_cast<std::size_t>(
        std::count_if(block_.criteria.begin(), block_.criteria.end(),
                      [part](const SshCriterion& own) { return PartOf(own) == part; }));
  }

  // The criteria of all blocks that hold for the value.
  std::size_t CountHolding(Part part, const std::string& value) const {
    std::size_t count = 0;
    for (const SshBlock& block : blocks_) {
      for (const SshCriterion& criterion : block.criteria) {
        count += PartOf(criterion) == part && Holds(criterion, part, value) ? 1 : 0;
      }
    }
    return count;
  }

  const SshBlock& block_;
  const std::vector<SshBlock>& blocks_;
  const SshPeople& people_;
};

}  // namespace

std::string SshConnection::ToSpecification() const {
  return "user=" + user + ",host=" + host + ",addr=" + address + ",laddr=" + local_address +
         ",lport=" + local_port + (routing_domain.empty() ? "" : ",rdomain=" + routing_domain);
}

std::optional<SshConnection> FindConnection(const SshBlock& block,
                                            const std::vector<SshBlock>& blocks,
                                            const SshPeople& people, const std::string& user) {
  const Finder finder(block, blocks, people);
  if (!finder.IsUnderstood()) {
    return std::nullopt;
  }
  SshConnection connection;
  const std::array<std::pair<Part, std::string*>, 6> parts = {
      {{Part::kUser, &connection.user},
       {Part::kHost, &connection.host},
       {Part::kAddress, &connection.address},
       {Part::kLocalAddress, &connection.local_address},
       {Part::kLocalPort, &connection.local_port},
       {Part::kRoutingDomain, &connection.routing_domain}}};
  for (const auto& [part, value] : parts) {
    const bool named = part == Part::kUser && !user.empty();
    auto chosen = finder.Choose(part, named ? Texts{user} : finder.Candidates(part));
    // What divides the parts of the specification cannot be in one.
    if (!chosen || chosen->find_first_of(",=") != std::string::npos) {
      return std::nullopt;
    }
    *value = std::move(*chosen);
  }
  return connection;
}

}  // namespace twofactor
